using Npgsql;
using NpgsqlTypes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>A command and the entity that it is for; of a send: where its messages go on to.</summary>
internal sealed record Place(BusCommand Command, Entity Entity);

/// <summary>Commands, none of them to a topic, and receives as one batch: one transaction, one round trip.</summary>
internal sealed class PostgresRound(PostgresConnection connection, ReceiveHints hints, IReadOnlyList<Place> places, IReadOnlyList<Look> looks)
{
    private readonly IReadOnlyList<long>[] numbers = [.. places.Select(_ => (IReadOnlyList<long>)[])];
    private readonly IReadOnlyList<Delivery>[] received = [.. looks.Select(_ => (IReadOnlyList<Delivery>)[])];
    private readonly List<Func<NpgsqlDataReader, CancellationToken, Task>> answers = [];

    public async Task<Written> RunAsync(NpgsqlConnection link, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(link);
        var entered = places.Where(place => place.Command is not SettleCommand { How: Settlement.Complete }).Select(place => place.Entity.Id).ToArray();
        if (entered.Length > 1)
        {
            // In one order, so that two transactions over the same entities cannot wait for each other.
            Add(batch, PostgresSend.Statement("SELECT servicebus.enter($1)", entered), (_, _) => Task.CompletedTask);
        }

        AddSends(batch);
        AddSettlements(batch);
        AddLooks(batch);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var answer in answers)
        {
            await answer(reader, cancellationToken);
            await reader.NextResultAsync(cancellationToken);
        }

        return new Written(numbers, [.. places.Select(place => place.Entity.Id)]) { Received = received };
    }

    public static NpgsqlBatchCommand Translate(Guid process, BusCommand command, Entity entity) => command switch
    {
        SendCommand send => PostgresSend.Command(process, entity.Id, send.Messages),
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
            process),
        _ => throw new InvalidOperationException(command.GetType().Name),
    };

    private void AddSends(NpgsqlBatch batch)
    {
        for (var number = 0; number < places.Count; number++)
        {
            var (at, place) = (number, places[number]);
            if (place.Command is SendCommand send)
            {
                // Who waits for it in this process is handed it by a look of this batch.
                var hands = !looks.Any(look => look.Entity.Id == place.Entity.Id);
                Add(batch, PostgresSend.Command(connection.ProcessId, place.Entity.Id, send.Messages, hands: hands), async (reader, cancellationToken) =>
                {
                    await reader.ReadAsync(cancellationToken);
                    numbers[at] = [.. (await reader.GetFieldValueAsync<long?[]>(0, cancellationToken)).Select(given => given ?? 0)];
                });
            }
        }
    }

    /// <summary>Completions in one queue are one statement.</summary>
    private void AddSettlements(NpgsqlBatch batch)
    {
        var settled = places.Where(place => place.Command is not SendCommand).ToLookup(place => place.Command is SettleCommand { How: Settlement.Complete });
        foreach (var queue in settled[true].GroupBy(place => (place.Entity.Id, place.Command.Address.IsDeadLetter), place => (SettleCommand)place.Command))
        {
            Add(
                batch,
                PostgresSend.Statement(
                    "SELECT servicebus.complete($1, $2, $3, $4, $5)",
                    queue.Key.Id,
                    queue.Key.IsDeadLetter,
                    queue.Select(one => one.Sequence).ToArray(),
                    queue.Select(one => one.LockToken).ToArray(),
                    PostgresSend.Array(NpgsqlDbType.Uuid, queue.Select(one => one.Session?.Token).ToArray())),
                (_, _) => Task.CompletedTask);
        }

        foreach (var place in settled[false])
        {
            Add(batch, Translate(connection.ProcessId, place.Command, place.Entity), (_, _) => Task.CompletedTask);
        }
    }

    /// <summary>Receives from one queue are one statement: the first messages are for the first of them.</summary>
    private void AddLooks(NpgsqlBatch batch)
    {
        var numbered = looks.Select((look, at) => (Look: look, At: at));
        foreach (var queue in numbered.GroupBy(one => (one.Look.Entity.Id, one.Look.Request.Address.IsDeadLetter, one.Look.Request.Mode)))
        {
            var all = queue.ToList();
            var own = all.ConvertAll(one => one.Look);
            Add(batch, PostgresReceive.Command(connection.ProcessId, own), async (reader, cancellationToken) =>
            {
                var given = await PostgresReceive.ReadAsync(reader, own, cancellationToken);
                for (var i = 0; i < all.Count; i++)
                {
                    received[all[i].At] = given[i];
                }

                if (given.LastOrDefault(one => one.Count > 0) is { } last)
                {
                    hints.Took(queue.Key.Id, queue.Key.IsDeadLetter, last[^1].Sequence, whole: false);
                }
            });
        }
    }

    private void Add(NpgsqlBatch batch, NpgsqlBatchCommand command, Func<NpgsqlDataReader, CancellationToken, Task> answer)
    {
        batch.BatchCommands.Add(command);
        answers.Add(answer);
    }
}
