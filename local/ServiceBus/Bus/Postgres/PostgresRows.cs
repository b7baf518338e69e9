using Azure.Messaging.ServiceBus;
using Npgsql;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Reads rows of <c>servicebus.messages</c>.</summary>
internal static class PostgresRows
{
    /// <summary>The columns that <see cref="Delivery"/> reads, in its order.</summary>
    public const string Columns =
        "sequence, enqueued_sequence, enqueued_at, delivery_count, lock_token, locked_until, state, dead_letter_source, envelope::text, body, message_id";

    private const short Deferred = 2;
    private const short Scheduled = 3;

    /// <param name="reader">Stands on a row.</param>
    /// <param name="heldUntil">End of the session's lock, which a message of a session shares.</param>
    public static Delivery Delivery(NpgsqlDataReader reader, DateTimeOffset? heldUntil = null)
    {
        var content = MessageCodec.Decode(reader.GetString(8), reader.GetFieldValue<byte[]>(9));
        content.MessageId = reader.GetString(10);
        var lockedUntil = reader.IsDBNull(5) ? DateTime.MinValue : reader.GetDateTime(5);
        return new Delivery
        {
            Content = content,
            Sequence = reader.GetInt64(0),
            EnqueuedSequence = reader.GetInt64(1),
            EnqueuedAt = Utc(reader.GetDateTime(2)),
            DeliveryCount = reader.GetInt32(3),
            LockToken = reader.IsDBNull(4) ? Guid.Empty : reader.GetGuid(4),
            LockedUntil = lockedUntil == DateTime.MaxValue ? heldUntil ?? default : Utc(lockedUntil),
            State = reader.GetInt16(6) switch
            {
                Deferred => ServiceBusMessageState.Deferred,
                Scheduled => ServiceBusMessageState.Scheduled,
                _ => ServiceBusMessageState.Active,
            },
            DeadLetterSource = reader.IsDBNull(7) ? null : reader.GetString(7),
        };
    }

    public static DateTimeOffset Utc(DateTime value) => new(DateTime.SpecifyKind(value, DateTimeKind.Utc));
}
