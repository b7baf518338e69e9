using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Reads the message that a notification carries (<c>servicebus.told</c>): one that was just stored, and locked for this process.</summary>
internal static class ToldMessage
{
    public static Delivery Read(string told)
    {
        using var json = JsonDocument.Parse(told);
        var message = json.RootElement;
        var body = Convert.FromHexString(message.GetProperty("body").GetString().AsSpan("\\x".Length));
        var content = MessageCodec.Decode(message.GetProperty("envelope").GetRawText(), body);
        content.MessageId = message.GetProperty("messageId").GetString();
        return new Delivery
        {
            Content = content,
            Sequence = message.GetProperty("sequence").GetInt64(),
            EnqueuedSequence = message.GetProperty("enqueuedSequence").GetInt64(),
            EnqueuedAt = message.GetProperty("enqueuedAt").GetDateTimeOffset().ToUniversalTime(),
            DeliveryCount = message.GetProperty("deliveryCount").GetInt32(),
            LockToken = message.GetProperty("lockToken").GetGuid(),
            LockedUntil = message.GetProperty("lockedUntil").GetDateTimeOffset().ToUniversalTime(),
            State = ServiceBusMessageState.Active,
        };
    }
}
