using Azure.Messaging.ServiceBus;
using Npgsql;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>The bus whose messages are rows in PostgreSQL. All processes of an installation share it.</summary>
internal sealed class PostgresBus : IBus
{
    /// <summary>While other processes hold locks, how often a sleeper looks whether they still live.</summary>
    private static readonly TimeSpan OrphanCheck = TimeSpan.FromSeconds(1);

    private readonly PostgresConnection connection;
    private readonly PostgresEntities entities;
    private readonly PostgresListeners listeners;
    private readonly PostgresTopics topics;
    private readonly ReceiveHints hints;
    private readonly HandOvers handOvers = new();
    private readonly PostgresGroups groups;

    public PostgresBus(PostgresConnection connection, string name)
    {
        this.connection = connection;
        Name = name;
        entities = new(connection);
        listeners = new(connection);
        topics = new(connection, entities);
        hints = new(connection.Installation.Clock);
        _ = new RemoteHandOvers(connection, handOvers, hints);
        groups = new(new PostgresWrite(connection, entities, topics, hints, handOvers).TogetherAsync);
        Administration = new PostgresAdministration(connection, entities, topics);
        Sessions = new PostgresSessions(connection, topics, entities);
    }

    public TimeProvider Clock => connection.Installation.Clock;

    public TimeProvider Machine => TimeProvider.System;

    public string Name { get; }

    public IBusAdministration Administration { get; }

    public IBusSessions Sessions { get; }

    public Task<Entity> EntityAsync(EntityAddress address, CancellationToken cancellationToken) => entities.GetAsync(address, cancellationToken);

    public async Task<IReadOnlyList<IReadOnlyList<long>>> ApplyAsync(IReadOnlyList<BusCommand> commands, CancellationToken cancellationToken)
    {
        var address = commands[0].Address;
        var written = await Guarded(address, () => connection.ReachAsync(address, async () =>
            commands is [SendCommand or SettleCommand]
                ? await groups.ApplyAsync(commands[0], cancellationToken)
                : await new PostgresWrite(connection, entities, topics, hints, handOvers).RunAsync(commands, cancellationToken)));
        if (commands.Any(command => command is SettleCommand { How: Settlement.Abandon }))
        {
            written.Touched.ForEach(hints.Forget);
        }

        written.Touched.ForEach(connection.Hub.Wake);
        return written.Numbers;
    }

    public async Task CheckAsync(SettleCommand command, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(command.Address, cancellationToken);
        await connection.ScalarAsync<object>(
            command.Address,
            "SELECT servicebus.check_lock($1, $2, $3, $4, $5)",
            cancellationToken,
            entity.Id,
            command.Address.IsDeadLetter,
            command.Sequence,
            command.LockToken,
            Uuid(command.Session?.Token));
    }

    public async Task<IReadOnlyList<Delivery>> ReceiveAsync(ReceiveRequest request, CancellationToken cancellationToken)
    {
        var entity = await ForReceiving(request, cancellationToken);
        if (request.Address.SubQueue == SubQueue.TransferDeadLetter)
        {
            return [];
        }

        if (request.Session is null && hints.Floor(entity.Id, request.Address.IsDeadLetter) is { } floor
            && await TakeAsync(new Look(entity, request, floor)) is { Count: > 0 } found)
        {
            return found;
        }

        await topics.EnqueueDueAsync(entity, cancellationToken);
        return await TakeAsync(request, entity, cancellationToken);
    }

    public async Task<IReadOnlyList<Delivery>> ReceiveDeferredAsync(
        ReceiveRequest request, IReadOnlyList<long> sequences, CancellationToken cancellationToken)
    {
        var entity = await ForReceiving(request, cancellationToken);
        return await Rows(
            request,
            $"SELECT {PostgresRows.Columns} FROM servicebus.receive_deferred($1, $2, $3, $4, $5, $6, $7)",
            cancellationToken,
            entity.Id,
            request.Address.IsDeadLetter,
            connection.ProcessId,
            sequences.ToArray(),
            request.Mode == ServiceBusReceiveMode.PeekLock,
            Text(request.Session?.SessionId),
            Uuid(request.Session?.Token));
    }

    public async Task<IReadOnlyList<Delivery>> PeekAsync(
        EntityAddress address, string? sessionId, long fromSequence, int max, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        if (address.SubQueue == SubQueue.TransferDeadLetter)
        {
            return [];
        }

        await topics.EnqueueDueAsync(entity, cancellationToken);
        return await Rows(
            new(address, max, ServiceBusReceiveMode.PeekLock),
            $"SELECT {PostgresRows.Columns} FROM servicebus.peek($1, $2, $3, $4, $5, $6)",
            cancellationToken,
            entity.Id,
            address.IsDeadLetter,
            connection.ProcessId,
            Text(sessionId),
            fromSequence,
            max);
    }

    public async Task<DateTimeOffset> RenewAsync(EntityAddress address, long sequence, Guid lockToken, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        var until = await connection.ScalarAsync<DateTime>(
            address, "SELECT servicebus.renew($1, $2, $3, $4)", cancellationToken, entity.Id, address.IsDeadLetter, sequence, lockToken);
        return PostgresRows.Utc(until);
    }

    public async Task<IAsyncDisposable> ListenAsync(EntityAddress address, string? sessionId, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        return await listeners.AddAsync(address, entity.Id, sessionId);
    }

    public async Task<Sleep> FallAsleepAsync(EntityAddress address, bool takes, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        await connection.Hub.ListeningAsync().WaitAsync(cancellationToken);
        var signal = Task.WhenAny(connection.Hub.Next(entity.Id), connection.Installation.Clock.NextMove());
        var bounds = await connection.QueryAsync(
            address,
            "SELECT change, others FROM servicebus.fall_asleep($1, $2, $3)",
            row => (Change: row.IsDBNull(0) ? TimeSpan.MaxValue : row.GetFieldValue<TimeSpan>(0), Others: row.GetBoolean(1)),
            cancellationToken,
            entity.Id,
            connection.ProcessId,
            takes);
        var (change, others) = bounds[0];
        return new(signal, others && change > OrphanCheck ? OrphanCheck : change);
    }

    public async ValueTask<IHandOver?> AwaitAsync(ReceiveRequest request, CancellationToken cancellationToken) =>
        request.MayBeHanded
            ? handOvers.Add(await entities.GetAsync(request.Address, cancellationToken), request)
            : null;

    /// <summary>Goes on where the last receive stopped, in a transaction that others share.</summary>
    private Task<IReadOnlyList<Delivery>> TakeAsync(Look look) => Guarded(
        look.Request.Address,
        () => connection.ReachAsync(look.Request.Address, async () => (await groups.ReceiveAsync(look)).Received[0]));

    /// <summary>Looks at all there is, after time did what was due.</summary>
    private async Task<IReadOnlyList<Delivery>> TakeAsync(ReceiveRequest request, Entity entity, CancellationToken cancellationToken)
    {
        var taken = await Rows(request, PostgresReceive.Sql, cancellationToken, PostgresReceive.Values(connection.ProcessId, entity, request, null));
        if (taken.Count > 0 && request.Session is null)
        {
            hints.Took(entity.Id, request.Address.IsDeadLetter, taken[^1].Sequence, whole: true);
        }

        return taken;
    }

    private async Task<Entity> ForReceiving(ReceiveRequest request, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(request.Address, cancellationToken);
        BusErrors.ThrowUnlessReceivable(entity, request);
        return entity;
    }

    private async Task<IReadOnlyList<Delivery>> Rows(
        ReceiveRequest request, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        var heldUntil = request.Session?.LockedUntil;
        var rows = await Guarded(request.Address, () =>
            connection.QueryAsync(request.Address, sql, row => PostgresRows.Delivery(row, heldUntil), cancellationToken, values));
        return rows.Count < 2 ? rows : [.. rows.OrderBy(row => row.Sequence)];
    }

    /// <summary>An entity that another process deleted is forgotten here too, so that it is found again once it is created again.</summary>
    private async Task<T> Guarded<T>(EntityAddress address, Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessagingEntityNotFound)
        {
            entities.Forget(address);
            throw;
        }
    }

    private static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

    private static NpgsqlParameter Uuid(Guid? value) => new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid, Value = (object?)value ?? DBNull.Value };
}
