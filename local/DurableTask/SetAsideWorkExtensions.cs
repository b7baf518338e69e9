using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Hosting;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask;

/// <summary>Work that failed too often for reasons of its own (not by an exception of its code) is set aside, so that it blocks nothing.</summary>
public static class SetAsideWorkExtensions
{
    /// <summary>All work of the client's hub that was set aside, with the reasons.</summary>
    public static async Task<IReadOnlyList<SetAsideWork>> ListSetAsideWorkAsync(this DurableTaskClient client, CancellationToken cancellation = default)
    {
        var hub = await OpenAsync(client).ConfigureAwait(false);
        return await hub.Store.ListSetAsideAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Lets what was set aside of an instance be tried again; returns how many pieces of work.</summary>
    public static async Task<int> ReleaseSetAsideWorkAsync(this DurableTaskClient client, string instanceId, CancellationToken cancellation = default)
    {
        var hub = await OpenAsync(client).ConfigureAwait(false);
        var released = await hub.Store.ReleaseSetAsideAsync(instanceId, cancellation).ConfigureAwait(false);
        hub.Wake();
        return released;
    }

    private static Task<Hub> OpenAsync(DurableTaskClient client) => client is HubClient hub
        ? hub.OpenAsync()
        : throw new ArgumentException($"{client?.GetType()} is not a client of a local task hub.", nameof(client));
}
