using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>Runs what a <see cref="DurableTaskRegistry"/> holds.</summary>
internal sealed class RegistryTaskHost(DurableTaskFactory factory, IServiceProvider services, TaskHostSettings settings) : ITaskHost
{
    public TaskHostSettings Settings => settings;

    public async Task<string?> RunOrchestratorAsync(OrchestrationContext context)
    {
        using var scope = services.CreateScope();   // not asynchronously disposed: an orchestrator awaits durable tasks only
        if (!factory.TryCreateOrchestrator(context.Name, context.Version, scope.ServiceProvider, out var orchestrator))
        {
            throw new TaskNotFoundException("Orchestrator", context.Name, context.Version);
        }

        var input = settings.Converter.Deserialize(context.RawInput, orchestrator.InputType);
        return settings.Converter.Serialize(await orchestrator.RunAsync(context, input));
    }

    public async Task<string?> RunActivityAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        if (!factory.TryCreateActivity(call.Name, call.Version!, scope.ServiceProvider, out var activity))
        {
            throw new TaskNotFoundException("Activity", call.Name, call.Version);
        }

        var input = settings.Converter.Deserialize(call.Input, activity.InputType);
        return settings.Converter.Serialize(await activity.RunAsync(new CallContext(call), input).ConfigureAwait(false));
    }

    public async Task<string?> RunEntityAsync(EntityBatch batch, CancellationToken cancellationToken)
    {
        var name = batch.Context.Id.Name;
        var entity = batch.Visit.Entity ??= factory.TryCreateEntity(name, batch.Visit.Services(services), out var made)
            ? made
            : throw new TaskNotFoundException("Entity", name, null);
        return settings.Converter.Serialize(await entity.RunAsync(batch).ConfigureAwait(false));
    }

    private sealed class CallContext(ActivityCall call) : TaskActivityContext
    {
        public override TaskName Name => call.Name;

        public override string InstanceId => call.InstanceId;

        public override string Version => call.Version ?? string.Empty;
    }
}
