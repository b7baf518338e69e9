using System.Collections.Concurrent;
using System.Data.Common;
using System.Transactions;
using Azure.Messaging.ServiceBus;
using Npgsql;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Finds the bus of a connection string: <c>InMemory=name</c> is the in-memory bus of that name, an Npgsql string (with
/// <c>Host=</c>) the bus in that database. One of each per process. A real namespace cannot be reached from a local build.
/// </summary>
internal static class BusDirectory
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<IBus>>> Buses = new();

    /// <summary>What clients show as their namespace.</summary>
    /// <exception cref="FormatException">The text is no connection string.</exception>
    public static string NameOf(string connectionString)
    {
        var parts = Parse(connectionString);
        if (Value(parts, "InMemory") is { } memory)
        {
            return memory;
        }

        if (Value(parts, "Endpoint") is { } endpoint)
        {
            return ServiceBusConnectionStringProperties.Parse(connectionString).FullyQualifiedNamespace ?? endpoint;
        }

        return Value(parts, "Host") ?? throw new FormatException("The connection string names neither a Host, nor an InMemory bus, nor an Endpoint.");
    }

    /// <summary>The bus; connects on the first call, again on the next one if that failed.</summary>
    public static async Task<IBus> ConnectAsync(string connectionString)
    {
        if (Value(Parse(connectionString), "InMemory") is { } memory)
        {
            return InMemoryBus.Named(memory).Bus;
        }

        var entry = Buses.GetOrAdd(connectionString, static key => new(() => OpenAsync(key)));
        try
        {
            return await entry.Value;
        }
        catch
        {
            Buses.TryRemove(new(connectionString, entry));
            throw;
        }
    }

    private static async Task<IBus> OpenAsync(string connectionString)
    {
        var name = NameOf(connectionString);
        var parts = Parse(connectionString);
        if (Value(parts, "Host") is null)
        {
            throw BusErrors.Unreachable(name, new NotSupportedException("A local build reaches only the local bus."));
        }

        // The installation is shared by all that happens here: it must not become part of the caller's transaction.
        using var alone = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        try
        {
            return new PostgresBus(await PostgresConnection.OpenAsync(connectionString), name);
        }
        catch (NpgsqlException e) when (e.IsTransient)
        {
            throw BusErrors.Unreachable(name, e);
        }
    }

    private static DbConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = connectionString };
        }
        catch (ArgumentException e)
        {
            throw new FormatException("The connection string is malformed.", e);
        }
    }

    private static string? Value(DbConnectionStringBuilder parts, string key) => parts.TryGetValue(key, out var value) ? (string)value : null;
}
