using Npgsql;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Data;

/// <summary>Statements for several tenants, each in its turn, that go to the database in one round trip.</summary>
public sealed class TenantBatch(NpgsqlConnection connection) : IAsyncDisposable
{
    // set_config(…, true) is SET LOCAL with a parameter: it ends with the transaction.
    private const string EnterTenant = "SELECT set_config('role', $1, true), set_config('search_path', $1 || ', pg_temp', true)";

    private readonly NpgsqlBatch batch = new(connection);
    private readonly Queue<TenantId?> results = new();        // of each result that will come: whose turn it begins; null for a query's
    private NpgsqlDataReader? reader;
    private TenantId? tenant;

    /// <summary>Begins a tenant's turn; null ends the last one.</summary>
    public void Enter(TenantId? next)
    {
        tenant = next;
        if (next is not { } entering)
        {
            batch.BatchCommands.Add(new("SET LOCAL ROLE NONE"));
            batch.BatchCommands.Add(new("SET LOCAL search_path TO DEFAULT"));
            return;
        }

        batch.BatchCommands.Add(new(EnterTenant) { Parameters = { new() { Value = entering.Schema } } });
        results.Enqueue(entering);
    }

    /// <summary>
    /// Adds a query to the tenant's turn, with a value for <c>$1</c> where it has one. It is prepared for this tenant alone: one that all
    /// tenants shared would be analysed and planned anew whenever the tenant changes, and with it the tables that its names mean.
    /// </summary>
    public void Query(string sql, object? value = null)
    {
        var command = new NpgsqlBatchCommand($"{sql} -- {tenant}");
        if (value is not null)
        {
            command.Parameters.Add(new() { Value = value });
        }

        batch.BatchCommands.Add(command);
        results.Enqueue(null);
    }

    /// <summary>Sends all that was added, when it is not sent yet; the rows of the next query.</summary>
    /// <exception cref="UnknownTenantException">There is no such tenant.</exception>
    public async Task<IReadOnlyList<T>> Next<T>(CancellationToken ct)
    {
        while (await Advance(ct) is not null)
        {
        }

        return await Sql.Rows<T>(reader!, ct);
    }

    /// <summary>Sends all that was added, and reads it to its end.</summary>
    /// <exception cref="UnknownTenantException">There is no such tenant.</exception>
    public async Task Run(CancellationToken ct)
    {
        do
        {
            await Advance(ct);
        }
        while (results.Count > 0);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (reader?.DisposeAsync() ?? ValueTask.CompletedTask);
        await batch.DisposeAsync();
    }

    /// <summary>Goes on to the next result: whose turn it begins, or null when it is a query's.</summary>
    private async Task<TenantId?> Advance(CancellationToken ct)
    {
        var begins = results.TryDequeue(out var next) ? next : null;
        try
        {
            if (reader is { } begun)
            {
                await begun.NextResultAsync(ct);
            }
            else
            {
                reader = await batch.ExecuteReaderAsync(ct);
            }

            return begins;
        }
        catch (PostgresException e) when (
            begins is not null && e.SqlState is PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new UnknownTenantException(begins!.Value, e);
        }
    }
}
