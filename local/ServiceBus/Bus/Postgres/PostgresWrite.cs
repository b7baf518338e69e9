using Npgsql;
using NpgsqlTypes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Applies commands in one transaction and, where no topic is among them, one round trip.</summary>
internal sealed class PostgresWrite(PostgresConnection connection)
{
    private const string Send = "SELECT servicebus.send($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    public async Task<IReadOnlyList<IReadOnlyList<long>>> RunAsync(
        IReadOnlyList<(BusCommand Command, Entity Entity)> places, CancellationToken cancellationToken)
    {
        await using var link = await connection.Database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(link);
        if (places.Count > 1)
        {
            // In one order, so that two transactions over the same entities cannot wait for each other.
            batch.BatchCommands.Add(Statement("SELECT servicebus.enter($1)", [places.Select(place => place.Entity.Id).ToArray()]));
        }

        foreach (var (command, entity) in places)
        {
            batch.BatchCommands.Add(Translate(command, entity));
        }

        return await ExecuteAsync(batch, places, cancellationToken);
    }

    private static async Task<IReadOnlyList<IReadOnlyList<long>>> ExecuteAsync(
        NpgsqlBatch batch, IReadOnlyList<(BusCommand Command, Entity Entity)> places, CancellationToken cancellationToken)
    {
        var results = new List<IReadOnlyList<long>>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (places.Count > 1)
        {
            await reader.NextResultAsync(cancellationToken);
        }

        foreach (var (command, _) in places)
        {
            await reader.ReadAsync(cancellationToken);
            results.Add(command is SendCommand ? [.. reader.GetFieldValue<long?[]>(0).Select(number => number ?? 0)] : []);
            await reader.NextResultAsync(cancellationToken);
        }

        return results;
    }

    private NpgsqlBatchCommand Translate(BusCommand command, Entity entity) => command switch
    {
        SendCommand send => SendStatement(entity.Id, send.Messages),
        CancelCommand cancel => Statement("SELECT servicebus.cancel($1, $2)", [entity.Id, cancel.Sequences.ToArray()]),
        SettleCommand settle => Statement(
            "SELECT servicebus.settle($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                entity.Id,
                settle.Address.IsDeadLetter,
                settle.Sequence,
                settle.LockToken,
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)settle.Session?.Token ?? DBNull.Value },
                (int)settle.How,
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = PropertyCodec.Encode(settle.Changes).ToJsonString() },
                connection.ProcessId,
            ]),
        _ => throw new InvalidOperationException(command.GetType().Name),
    };

    private NpgsqlBatchCommand SendStatement(int entityId, IReadOnlyList<BusMessage> messages)
    {
        var encoded = messages.Select(MessageCodec.Encode).ToList();
        return Statement(Send,
        [
            entityId,
            connection.ProcessId,
            messages.Select(message => message.MessageId ??= Guid.NewGuid().ToString("N")).ToArray(),
            Array(NpgsqlDbType.Text, messages.Select(message => message.PartitionKey).ToArray()),
            Array(NpgsqlDbType.Text, messages.Select(message => message.SessionId).ToArray()),
            Array(NpgsqlDbType.Interval, messages.Select(message => message.TimeToLive).ToArray()),
            Array(NpgsqlDbType.TimestampTz, messages.Select(message => message.ScheduledEnqueueTime?.UtcDateTime).ToArray()),
            Array(NpgsqlDbType.Bigint, null),
            Array(NpgsqlDbType.Jsonb, encoded.Select(message => message.Envelope).ToArray()),
            Array(NpgsqlDbType.Bytea, encoded.Select(message => message.Body).ToArray()),
            Array(NpgsqlDbType.TimestampTz, null),
        ]);
    }

    private static NpgsqlParameter Array(NpgsqlDbType element, object? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | element, Value = value ?? DBNull.Value };

    private static NpgsqlBatchCommand Statement(string sql, object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        PostgresConnection.Bind(command.Parameters, values);
        return command;
    }
}
