using Npgsql;
using NpgsqlTypes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Gives the messages of topics to their subscriptions.</summary>
internal sealed class PostgresTopics(PostgresConnection connection, PostgresEntities entities)
{
    /// <summary>Publishes messages within the connection's transaction; those with a later time wait in the topic.</summary>
    public async Task<IReadOnlyList<long>> PublishAsync(
        NpgsqlConnection link, Entity topic, IReadOnlyList<BusMessage> messages, List<int> touched, CancellationToken cancellationToken)
    {
        var now = connection.Installation.Clock.GetUtcNow();
        var subscriptions = await SubscriptionsAsync(link, topic, cancellationToken);
        touched.AddRange(subscriptions.Select(subscription => subscription.Id));
        var numbers = new long[messages.Count];
        var later = Enumerable.Range(0, messages.Count).Where(i => messages[i].ScheduledEnqueueTime > now).ToList();
        if (later.Count > 0)
        {
            var given = await RunAsync(link, PostgresSend.Command(connection.ProcessId, topic.Id, [.. later.Select(i => messages[i])]), cancellationToken);
            later.Zip(given).ToList().ForEach(pair => numbers[pair.First] = pair.Second ?? 0);
        }

        var direct = Enumerable.Range(0, messages.Count).Except(later).ToList();
        if (direct.Count > 0)
        {
            var given = await AdmitAsync(link, topic, direct.ConvertAll(i => messages[i]), cancellationToken);
            direct.Zip(given).ToList().ForEach(pair => numbers[pair.First] = pair.Second ?? 0);
            var admitted = direct.Where(i => numbers[i] > 0).Select(i => new Admitted(messages[i], numbers[i], now)).ToList();
            await DistributeAsync(link, topic, subscriptions, admitted, cancellationToken);
        }

        return numbers;
    }

    /// <summary>Before a subscription is looked at: publishes the messages that waited in its topic and are due.</summary>
    public async Task EnqueueDueAsync(Entity subscription, CancellationToken cancellationToken)
    {
        if (subscription.TopicId is not { } topicId || !await IsDueAsync(subscription, topicId, cancellationToken))
        {
            return;
        }

        await using var link = await connection.Database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await link.BeginTransactionAsync(cancellationToken);
        var topic = await TopicAsync(subscription, cancellationToken);
        var due = new List<Admitted>();
        await using (var take = new NpgsqlCommand($"SELECT {PostgresRows.Columns} FROM servicebus.take_due($1) ORDER BY enqueued_at, sequence", link, transaction))
        {
            take.Parameters.Add(new() { Value = topicId });
            await using var reader = await take.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var waited = PostgresRows.Delivery(reader);
                due.Add(new(waited.Content, waited.Sequence, waited.EnqueuedAt));
            }
        }

        var subscriptions = await SubscriptionsAsync(link, topic, cancellationToken);
        await DistributeAsync(link, topic, subscriptions, due, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        subscriptions.ForEach(one => connection.Hub.Wake(one.Id));
    }

    private Task<bool> IsDueAsync(Entity subscription, int topicId, CancellationToken cancellationToken) => connection.ScalarAsync<bool>(
        new(subscription.Path),
        "SELECT EXISTS (SELECT FROM servicebus.messages WHERE entity_id = $1 AND state = 3 AND enqueued_at <= installation.now())",
        cancellationToken,
        topicId);

    private async Task<Entity> TopicAsync(Entity subscription, CancellationToken cancellationToken) =>
        await entities.GetAsync(new(new EntityAddress(subscription.Path).Topic!), cancellationToken);

    private async Task DistributeAsync(
        NpgsqlConnection link, Entity topic, List<Subscription> subscriptions, List<Admitted> messages, CancellationToken cancellationToken)
    {
        foreach (var subscription in subscriptions)
        {
            var copies = messages.SelectMany(one => TopicRouting.Copies(one.Message, subscription.Rules).Select(copy => one with { Message = copy })).ToList();
            if (copies.Count == 0)
            {
                continue;
            }

            var target = subscription.ForwardTo is { Length: > 0 } next ? await entities.GetAsync(new(next), cancellationToken) : null;
            await RunAsync(
                link,
                PostgresSend.Command(
                    connection.ProcessId,
                    target?.Id ?? subscription.Id,
                    copies.ConvertAll(copy => copy.Message),
                    copies.ConvertAll(copy => copy.Number),
                    copies.ConvertAll(copy => copy.At),
                    topic.Settings.DefaultTimeToLive),
                cancellationToken);
        }
    }

    private static async Task<List<Subscription>> SubscriptionsAsync(NpgsqlConnection link, Entity topic, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT q.id, q.settings ->> 'ForwardTo', r.name, r.definition
            FROM servicebus.entities q LEFT JOIN servicebus.rules r ON r.entity_id = q.id
            WHERE q.topic_id = $1 AND q.can_send ORDER BY q.id, r.name
            """;
        await using var command = new NpgsqlCommand(Sql, link);
        command.Parameters.Add(new() { Value = topic.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var subscriptions = new List<Subscription>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetInt32(0);
            if (subscriptions.Count == 0 || subscriptions[^1].Id != id)
            {
                subscriptions.Add(new(id, reader.IsDBNull(1) ? null : reader.GetString(1), []));
            }

            if (!reader.IsDBNull(2))
            {
                subscriptions[^1].Rules.Add(new(reader.GetString(2), reader.GetString(3)));
            }
        }

        return subscriptions;
    }

    private static async Task<long?[]> AdmitAsync(
        NpgsqlConnection link, Entity topic, List<BusMessage> messages, CancellationToken cancellationToken) =>
        await RunAsync(
            link,
            PostgresSend.Statement(
                "SELECT servicebus.admit_to_topic($1, $2, $3)",
                topic.Id,
                messages.Select(message => message.MessageId!).ToArray(),
                PostgresSend.Array(NpgsqlDbType.Text, messages.Select(message => message.PartitionKey).ToArray())),
            cancellationToken);

    private static async Task<long?[]> RunAsync(NpgsqlConnection link, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(link) { BatchCommands = { command } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetFieldValue<long?[]>(0);
    }

    private sealed record Subscription(int Id, string? ForwardTo, List<StoredRule> Rules);

    /// <summary>A message that its topic took, under its number, enqueued at a moment.</summary>
    private sealed record Admitted(BusMessage Message, long Number, DateTimeOffset At);
}
