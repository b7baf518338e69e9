using Npgsql;
using NpgsqlTypes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Builds calls of <c>servicebus.send</c>.</summary>
internal static class PostgresSend
{
    /// <param name="sender">The sending process.</param>
    /// <param name="entityId">A queue, a subscription, or a topic for messages that wait for their time.</param>
    /// <param name="messages">What is sent.</param>
    /// <param name="origins">The numbers that the messages got in their topic; null when they come from no topic.</param>
    /// <param name="sentAt">When they were enqueued in their topic; null: now.</param>
    /// <param name="limit">Upper bound of the messages' time to live, of their topic.</param>
    /// <param name="hands">Whether a single message may be handed over to a process that sleeps.</param>
    public static NpgsqlBatchCommand Command(
        Guid sender,
        int entityId,
        IReadOnlyList<BusMessage> messages,
        IReadOnlyList<long>? origins = null,
        IReadOnlyList<DateTimeOffset>? sentAt = null,
        TimeSpan? limit = null,
        bool hands = false)
    {
        var encoded = messages.Select(MessageCodec.Encode).ToList();
        return Statement(
            "SELECT servicebus.send($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            entityId,
            sender,
            messages.Select(message => message.MessageId!).ToArray(),
            Array(NpgsqlDbType.Text, messages.Select(message => message.PartitionKey).ToArray()),
            Array(NpgsqlDbType.Text, messages.Select(message => message.SessionId).ToArray()),
            Array(NpgsqlDbType.Interval, messages.Select(message => Least(message.TimeToLive, limit)).ToArray()),
            Array(NpgsqlDbType.TimestampTz, messages.Select(message => message.ScheduledEnqueueTime?.UtcDateTime).ToArray()),
            Array(NpgsqlDbType.Bigint, origins?.ToArray()),
            Array(NpgsqlDbType.Jsonb, encoded.Select(message => message.Envelope).ToArray()),
            Array(NpgsqlDbType.Bytea, encoded.Select(message => message.Body).ToArray()),
            Array(NpgsqlDbType.TimestampTz, sentAt?.Select(moment => moment.UtcDateTime).ToArray()),
            hands);
    }

    public static NpgsqlBatchCommand Statement(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        PostgresConnection.Bind(command.Parameters, values);
        return command;
    }

    public static NpgsqlParameter Array(NpgsqlDbType element, object? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | element, Value = value ?? DBNull.Value };

    private static TimeSpan? Least(TimeSpan? one, TimeSpan? other) => one is null ? other : other is null || one < other ? one : other;
}
