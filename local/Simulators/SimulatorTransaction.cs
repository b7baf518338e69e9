using Npgsql;

namespace ToolboxAI.Local.Simulators;

/// <summary>
/// One change of one service's state. Changes of a service are made one after another (a lock on its name), so that a
/// simulator need not think about two requests that meet; what is scheduled and delivered commits together with it.
/// </summary>
public sealed class SimulatorTransaction : IAsyncDisposable
{
    private readonly SimulatorContext context;
    private readonly string service;
    private readonly NpgsqlTransaction? transaction;      // null: only looks
    private readonly NpgsqlConnection connection;
    private readonly SemaphoreSlim? turn;

    private SimulatorTransaction(
        SimulatorContext context, string service, NpgsqlConnection connection, NpgsqlTransaction? transaction, SemaphoreSlim? turn, DateTimeOffset now)
    {
        this.context = context;
        this.service = service;
        this.connection = connection;
        this.transaction = transaction;
        this.turn = turn;
        Now = now;
    }

    /// <summary>The connection of this transaction.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>The moment that this change is stamped with, on the moved clock.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Puts an action on the schedule; one that is already there for the same kind and subject is moved.</summary>
    public Task ScheduleAsync(string kind, string subject, DateTimeOffset dueAt, CancellationToken cancellationToken) => ExecuteAsync(
        """
        INSERT INTO simulators.schedule (service, kind, subject, due_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (service, kind, subject) DO UPDATE SET due_at = excluded.due_at
        """, cancellationToken, service, kind, subject, dueAt.UtcDateTime);

    /// <summary>Takes an action off the schedule.</summary>
    public Task UnscheduleAsync(string kind, string subject, CancellationToken cancellationToken) => ExecuteAsync(
        "DELETE FROM simulators.schedule WHERE service = $1 AND kind = $2 AND subject = $3", cancellationToken, service, kind, subject);

    /// <summary>Owes the application a webhook from <paramref name="dueAt"/> on.</summary>
    public Task DeliverAsync(string eventId, string body, DateTimeOffset dueAt, CancellationToken cancellationToken) => ExecuteAsync(
        "INSERT INTO simulators.deliveries (service, event_id, body, due_at) VALUES ($1, $2, $3, $4)",
        cancellationToken, service, eventId, body, dueAt.UtcDateTime);

    /// <summary>Records a webhook that is never delivered, so that the service's own list shows it as undelivered.</summary>
    public Task DropAsync(string eventId, string body, CancellationToken cancellationToken) => ExecuteAsync(
        "INSERT INTO simulators.deliveries (service, event_id, body, due_at, given_up) VALUES ($1, $2, $3, $4, true)",
        cancellationToken, service, eventId, body, Now.UtcDateTime);

    /// <summary>Takes a fault that was asked for an event, if there is one (<see cref="Faults.TakeForEventAsync"/>).</summary>
    public Task<Fault?> TakeEventFaultAsync(string eventType, string? causedBy, CancellationToken cancellationToken) =>
        Faults.TakeForEventAsync(Connection, service, eventType, causedBy, cancellationToken);

    /// <summary>Runs a statement with positional parameters.</summary>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A command of this transaction with positional parameters.</summary>
    public NpgsqlCommand Command(string sql, params object?[] values)
    {
        var command = new NpgsqlCommand(sql, Connection, transaction);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        return command;
    }

    /// <summary>Commits, then wakes the service's schedule and deliveries.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await (transaction ?? throw new InvalidOperationException("A look has nothing to commit.")).CommitAsync(cancellationToken);
        context.Wake(service);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await (transaction?.DisposeAsync() ?? ValueTask.CompletedTask);
            await connection.DisposeAsync();
        }
        finally
        {
            turn?.Release();
        }
    }

    internal static async Task<SimulatorTransaction> LookAsync(SimulatorContext context, string service, CancellationToken cancellationToken) => new(
        context, service, await context.Database.OpenConnectionAsync(cancellationToken), null, null, context.Session.Clock.GetUtcNow());

    internal static async Task<SimulatorTransaction> BeginAsync(SimulatorContext context, string service, CancellationToken cancellationToken)
    {
        var gate = context.TurnOf(service);
        await gate.WaitAsync(cancellationToken);
        NpgsqlConnection? open = null;
        try
        {
            open = await context.Database.OpenConnectionAsync(cancellationToken);
            var begun = await open.BeginTransactionAsync(cancellationToken);
            await using (var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtext('simulators ' || $1))", open, begun))
            {
                command.Parameters.Add(new() { Value = service });
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            // A second statement: the time is read after the lock was waited for.
            await using var clock = new NpgsqlCommand("SELECT installation.now()", open, begun);
            var now = (DateTime)(await clock.ExecuteScalarAsync(cancellationToken))!;
            return new(context, service, open, begun, gate, new DateTimeOffset(now, TimeSpan.Zero));
        }
        catch
        {
            await (open?.DisposeAsync() ?? ValueTask.CompletedTask);
            gate.Release();
            throw;
        }
    }

    /// <summary>Takes the earliest action that is due off the schedule; from then on its due moment is <see cref="Now"/>.</summary>
    internal async Task<ScheduledAction?> TakeDueAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            DELETE FROM simulators.schedule WHERE id = (
                SELECT id FROM simulators.schedule WHERE service = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT 1)
            RETURNING kind, subject, due_at
            """;
        await using var command = Command(Sql, service, Now.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        Now = reader.GetFieldValue<DateTimeOffset>(2);
        return new(reader.GetString(0), reader.GetString(1), Now);
    }
}
