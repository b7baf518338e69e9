using ToolboxAI.Local.DurableTask;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;
using ToolboxAI.Tests.Local.DurableTask;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>Keeps the histories of orchestrations, also of executions that have continued as new: the engine drops those.</summary>
internal sealed class HistoryRecorder : Plants
{
    private readonly List<RecordedHistory> dropped = [];
    private Store? store;

    /// <inheritdoc/>
    public override InMemoryHub Hub(VirtualClock clock) => new("simulation", clock, store = new(clock, dropped));

    /// <summary>The histories of all executions that began at a time or later, one of each way that was taken.</summary>
    public async Task<IReadOnlyList<RecordedHistory>> Since(DateTimeOffset from)
    {
        var all = dropped.ToList();
        foreach (var instance in await store!.QueryAsync(new() { Limit = int.MaxValue }, CancellationToken.None))
        {
            all.Add(await store.Read(instance));
        }

        return [.. all.Where(history => history.Events[0].At >= from).DistinctBy(WayOf)];
    }

    /// <summary>What an orchestration's code asked for, in its order, and how it ended.</summary>
    public static string WayOf(RecordedHistory history) =>
        string.Join('\n', history.Events.OfType<ActionEvent>().Select(action => action.Describe()).Prepend(NameOf(history)).Append($"{history.Events[^1] is ExecutionCompleted}"));

    /// <summary>The orchestration's name.</summary>
    public static string NameOf(RecordedHistory history) => history.Events.OfType<ExecutionStarted>().Single().Name;

    private sealed class Store(TimeProvider clock, List<RecordedHistory> dropped) : MemoryStore(clock)
    {
        public override bool Commit(int worker, WorkCommit commit)
        {
            var before = commit is StepCommit { DropsHistory: true } step ? Read(FindAsync(step.InstanceId, CancellationToken.None).Result!).Result : null;
            var accepted = base.Commit(worker, commit);
            if (accepted && before is { Events.Count: > 0 })
            {
                dropped.Add(before);
            }

            return accepted;
        }

        /// <summary>What was given to a call is left out: a replay doesn't look at it, and it is most of a history.</summary>
        public async Task<RecordedHistory> Read(Instance instance) => new(
            instance.Id,
            instance.Input!,
            [.. (await ReadHistoryAsync(instance.Key, CancellationToken.None)).Select(happened => happened switch
            {
                TaskScheduled task => task with { Input = null },
                SubOrchestrationCreated sub => sub with { Input = null },
                EntityOperationRequested operation => operation with { Input = null },
                _ => happened,
            })]);
    }
}
