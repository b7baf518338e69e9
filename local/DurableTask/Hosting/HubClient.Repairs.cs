using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

internal sealed partial class HubClient
{
    public override async Task<string> RestartAsync(
        string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        var hub = await open().ConfigureAwait(false);
        var instance = await FindAsync(hub, instanceId, cancellation).ConfigureAwait(false);
        var id = restartWithNewInstanceId ? Guid.NewGuid().ToString("N") : instanceId;
        var start = new NewInstance(id, new ExecutionStarted
        {
            Name = instance.Name,
            Version = instance.Version,
            ExecutionId = Guid.NewGuid().ToString("N"),
            Input = instance.Input,
            Tags = instance.Tags,
            At = hub.Clock.GetUtcNow(),
        });
        if (!await hub.StartAsync(start, cancellation).ConfigureAwait(false))
        {
            throw new InvalidOperationException($"An orchestration with the instance id '{instanceId}' has not ended and cannot be restarted.");
        }

        return id;
    }

    public override async Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        var hub = await open().ConfigureAwait(false);
        var instance = await FindAsync(hub, instanceId, cancellation).ConfigureAwait(false);
        if (instance.Status != OrchestrationRuntimeStatus.Failed)
        {
            throw new InvalidOperationException($"Only failed orchestrations can be rewound; the status of '{instanceId}' is {instance.Status}.");
        }

        var history = await hub.Store.ReadHistoryAsync(instance.Key, cancellation).ConfigureAwait(false);
        var plan = Rewind.Plan(instance, history, converter.Serialize(reason), hub.Clock.GetUtcNow());
        if (!await hub.Store.RewindAsync(plan, cancellation).ConfigureAwait(false))
        {
            throw new InvalidOperationException($"The orchestration '{instanceId}' went on meanwhile.");
        }

        hub.Wake();
        foreach (var child in plan.Children)
        {
            await RewindInstanceAsync(child, reason, cancellation).ConfigureAwait(false);
        }
    }

    public override async Task<IList<global::DurableTask.Core.History.HistoryEvent>> GetOrchestrationHistoryAsync(
        string instanceId, CancellationToken cancellation = default)
    {
        var hub = await open().ConfigureAwait(false);
        var instance = await FindAsync(hub, instanceId, cancellation).ConfigureAwait(false);
        return HistoryExport.ToOfficial(await hub.Store.ReadHistoryAsync(instance.Key, cancellation).ConfigureAwait(false), instance.Input);
    }

    private static async Task<Instance> FindAsync(Hub hub, string instanceId, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return await hub.Store.FindAsync(instanceId, cancellation).ConfigureAwait(false)
            ?? throw new ArgumentException($"There is no orchestration instance '{instanceId}'.", nameof(instanceId));
    }
}
