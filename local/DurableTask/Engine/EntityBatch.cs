using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>One operation, on its way through a host: the host makes the entity and runs it.</summary>
internal sealed class EntityBatch(
    EntityInstanceId id, string operation, string? input, string? state, DataConverter converter, DateTimeOffset now)
    : TaskEntityOperation
{
    private readonly StateOfEntity state = new(state, converter);
    private readonly ContextOfEntity context = new(id, converter, now);

    /// <summary>What it shares with the other operations of its batch.</summary>
    public required EntityVisit Visit { get; init; }

    public override string Name => operation;

    public override TaskEntityContext Context => context;

    public override TaskEntityState State => state;

    public override bool HasInput => input is not null;

    /// <summary>The state after the operation.</summary>
    public string? StateAfter => state.Text;

    /// <summary>What the operation did to others.</summary>
    public IReadOnlyList<HistoryEvent> Effects => context.Effects;

    /// <summary>The time on the hub's clock, for entities of our own.</summary>
    public static DateTimeOffset Now(TaskEntityContext context) => ((ContextOfEntity)context).Time;

    public override object? GetInput(Type inputType) => converter.Deserialize(input, inputType);

    private sealed class StateOfEntity(string? text, DataConverter converter) : TaskEntityState
    {
        public string? Text { get; private set; } = text;

        public override bool HasState => Text is not null;

        public override object? GetState(Type type) => converter.Deserialize(Text, type);

        public override void SetState(object? state) => Text = converter.Serialize(state);
    }

    private sealed class ContextOfEntity(EntityInstanceId id, DataConverter converter, DateTimeOffset now) : TaskEntityContext
    {
        public override EntityInstanceId Id => id;

        public DateTimeOffset Time => now;

        public List<HistoryEvent> Effects { get; } = [];

        public override void SignalEntity(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null) =>
            Effects.Add(new EntityOperationRequested(id.ToString(), operationName, converter.Serialize(input))
            {
                TaskId = -1,
                IsSignal = true,
                DueAt = options?.SignalTime?.ToUniversalTime(),
            });

        public override string ScheduleNewOrchestration(TaskName name, object? input = null, StartOrchestrationOptions? options = null)
        {
            var instanceId = options?.InstanceId ?? Guid.NewGuid().ToString("N");
            Effects.Add(new OrchestrationRequested(instanceId, options?.StartAt?.ToUniversalTime(), new ExecutionStarted
            {
                Name = name,
                Version = options?.Version?.Version,
                ExecutionId = Guid.NewGuid().ToString("N"),
                Input = converter.Serialize(input),
                Tags = options?.Tags is { Count: > 0 } tags ? new Dictionary<string, string>(tags) : null,
            }));
            return instanceId;
        }
    }
}

/// <summary>An entity's wish to start an orchestration; never stored in this form.</summary>
internal sealed record OrchestrationRequested(string InstanceId, DateTimeOffset? StartAt, ExecutionStarted Started) : HistoryEvent;
