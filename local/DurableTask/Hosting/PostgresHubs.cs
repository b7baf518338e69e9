using System.Collections.Concurrent;
using ToolboxAI.Local.DurableTask.Stores;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>The hubs in PostgreSQL that this process uses; all workers and clients of one hub share it.</summary>
internal static class PostgresHubs
{
    private static readonly ConcurrentDictionary<(string Connection, string Hub), Lazy<Task<Hub>>> Open = new();

    public static async Task<Hub> OpenAsync(string connectionString, string hubName)
    {
        var key = (connectionString, hubName.ToLowerInvariant());
        var entry = Open.GetOrAdd(key, _ => new Lazy<Task<Hub>>(() => ConnectAsync(connectionString, hubName)));
        try
        {
            return await entry.Value.ConfigureAwait(false);
        }
        catch (Exception)
        {
            Open.TryRemove(KeyValuePair.Create(key, entry));
            throw;
        }
    }

    private static async Task<Hub> ConnectAsync(string connectionString, string hubName)
    {
        var session = await InstallationSession.ForAsync(connectionString).ConfigureAwait(false);
        var store = await PostgresStore.ConnectAsync(connectionString, session, hubName).ConfigureAwait(false);
        var hub = new Hub(hubName, store, session.Clock);
        store.Listen(hub.Wake);
        return hub;
    }
}
