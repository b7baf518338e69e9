using Npgsql;
using NpgsqlTypes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>What a write did: the numbers of each command's messages, and the entities in which something changed.</summary>
internal sealed record Written(IReadOnlyList<IReadOnlyList<long>> Numbers, List<int> Touched);

/// <summary>Applies commands in one transaction and, where no topic is among them, in one round trip.</summary>
internal sealed class PostgresWrite(PostgresConnection connection, PostgresEntities entities, PostgresTopics topics)
{
    private const int MaxForwards = 4;

    public async Task<Written> RunAsync(IReadOnlyList<BusCommand> commands, CancellationToken cancellationToken)
    {
        var places = new List<(BusCommand Command, Entity Entity)>();
        foreach (var message in commands.OfType<SendCommand>().SelectMany(send => send.Messages))
        {
            message.MessageId ??= Guid.NewGuid().ToString("N");
        }

        foreach (var command in commands)
        {
            var entity = await entities.GetAsync(command.Address, cancellationToken);
            places.Add((command, command is SendCommand ? await ForwardedAsync(entity, cancellationToken) : entity));
        }

        await using var link = await connection.Database.OpenConnectionAsync(cancellationToken);
        return places.Exists(place => place is { Command: SendCommand, Entity.Kind: EntityKind.Topic })
            ? await WithTopicsAsync(link, places, cancellationToken)
            : await TogetherAsync(link, places, cancellationToken);
    }

    /// <summary>Where an entity's messages go on to.</summary>
    private async Task<Entity> ForwardedAsync(Entity entity, CancellationToken cancellationToken)
    {
        for (var hops = 0; entity.Settings.ForwardTo is { Length: > 0 } next && hops < MaxForwards; hops++)
        {
            entity = await entities.GetAsync(new(next), cancellationToken);
        }

        return entity;
    }

    private async Task<Written> TogetherAsync(
        NpgsqlConnection link, List<(BusCommand Command, Entity Entity)> places, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(link);
        var ids = places.ConvertAll(place => place.Entity.Id);
        if (places.Count > 1)
        {
            // In one order, so that two transactions over the same entities cannot wait for each other.
            batch.BatchCommands.Add(PostgresSend.Statement("SELECT servicebus.enter($1)", ids.ToArray()));
        }

        places.ForEach(place => batch.BatchCommands.Add(Translate(place.Command, place.Entity)));
        var numbers = new List<IReadOnlyList<long>>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (places.Count > 1)
        {
            await reader.NextResultAsync(cancellationToken);
        }

        foreach (var (command, _) in places)
        {
            await reader.ReadAsync(cancellationToken);
            numbers.Add(command is SendCommand ? [.. reader.GetFieldValue<long?[]>(0).Select(number => number ?? 0)] : []);
            await reader.NextResultAsync(cancellationToken);
        }

        return new(numbers, ids);
    }

    private async Task<Written> WithTopicsAsync(
        NpgsqlConnection link, List<(BusCommand Command, Entity Entity)> places, CancellationToken cancellationToken)
    {
        await using var transaction = await link.BeginTransactionAsync(cancellationToken);
        var written = new Written(new List<IReadOnlyList<long>>(), []);
        var numbers = new List<IReadOnlyList<long>>();
        foreach (var (command, entity) in places)
        {
            written.Touched.Add(entity.Id);
            if (command is SendCommand { Messages: var messages } && entity.Kind == EntityKind.Topic)
            {
                numbers.Add(await topics.PublishAsync(link, entity, messages, written.Touched, cancellationToken));
                continue;
            }

            await using var batch = new NpgsqlBatch(link, transaction);
            batch.BatchCommands.Add(Translate(command, entity));
            var result = await batch.ExecuteScalarAsync(cancellationToken);
            numbers.Add(result is long[] given ? given : []);
        }

        await transaction.CommitAsync(cancellationToken);
        return written with { Numbers = numbers };
    }

    private NpgsqlBatchCommand Translate(BusCommand command, Entity entity) => command switch
    {
        SendCommand send => PostgresSend.Command(connection.ProcessId, entity.Id, send.Messages),
        CancelCommand cancel => PostgresSend.Statement("SELECT servicebus.cancel($1, $2)", entity.Id, cancel.Sequences.ToArray()),
        SettleCommand settle => PostgresSend.Statement(
            "SELECT servicebus.settle($1, $2, $3, $4, $5, $6, $7, $8)",
            entity.Id,
            settle.Address.IsDeadLetter,
            settle.Sequence,
            settle.LockToken,
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)settle.Session?.Token ?? DBNull.Value },
            (int)settle.How,
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = PropertyCodec.Encode(settle.Changes).ToJsonString() },
            connection.ProcessId),
        _ => throw new InvalidOperationException(command.GetType().Name),
    };
}
