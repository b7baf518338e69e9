using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>A message as it is stored: its envelope as JSON, its body as bytes.</summary>
internal sealed record EncodedMessage(string Envelope, byte[] Body);

/// <summary>Writes and reads the stored form of a message. Both buses store this form, so that both keep the same things.</summary>
internal static class MessageCodec
{
    /// <summary>The envelope's member that holds the application properties.</summary>
    public const string Properties = "properties";

    private const string Amqp = "amqp";

    public static EncodedMessage Encode(BusMessage content)
    {
        var envelope = new JsonObject();
        Put("messageId", content.MessageId);
        Put("sessionId", content.SessionId);
        Put("partitionKey", content.PartitionKey);
        Put("transactionPartitionKey", content.TransactionPartitionKey);
        Put("replyToSessionId", content.ReplyToSessionId);
        Put("correlationId", content.CorrelationId);
        Put("subject", content.Subject);
        Put("to", content.To);
        Put("contentType", content.ContentType);
        Put("replyTo", content.ReplyTo);
        Put("timeToLive", content.TimeToLive?.ToString("c", CultureInfo.InvariantCulture));
        Put("scheduledEnqueueTime", content.ScheduledEnqueueTime?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        if (content.Properties.Count > 0)
        {
            envelope[Properties] = PropertyCodec.Encode(content.Properties);
        }

        if (content.Amqp.Count > 0)
        {
            envelope[Amqp] = new JsonObject(content.Amqp.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)AmqpValueCodec.Encode(part.Key, part.Value))));
        }

        return new(envelope.ToJsonString(), content.Body.ToArray());

        void Put(string name, string? value)
        {
            if (value != null)
            {
                envelope[name] = value;
            }
        }
    }

    public static BusMessage Decode(string envelope, byte[] body)
    {
        using var json = JsonDocument.Parse(envelope);
        var root = json.RootElement;
        return new BusMessage
        {
            Body = BinaryData.FromBytes(body),
            MessageId = Text("messageId"),
            SessionId = Text("sessionId"),
            PartitionKey = Text("partitionKey"),
            TransactionPartitionKey = Text("transactionPartitionKey"),
            ReplyToSessionId = Text("replyToSessionId"),
            CorrelationId = Text("correlationId"),
            Subject = Text("subject"),
            To = Text("to"),
            ContentType = Text("contentType"),
            ReplyTo = Text("replyTo"),
            TimeToLive = Text("timeToLive") is { } ttl ? TimeSpan.ParseExact(ttl, "c", CultureInfo.InvariantCulture) : null,
            ScheduledEnqueueTime = Text("scheduledEnqueueTime") is { } due
                ? DateTimeOffset.Parse(due, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)
                : null,
            Properties = root.TryGetProperty(Properties, out var properties) ? PropertyCodec.Decode(properties) : [],
            Amqp = root.TryGetProperty(Amqp, out var parts)
                ? parts.EnumerateObject().ToDictionary(part => part.Name, part => AmqpValueCodec.Decode(part.Value))
                : [],
        };

        string? Text(string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
