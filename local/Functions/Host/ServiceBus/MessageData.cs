using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.Functions;

/// <summary>What a trigger tells about messages beside their bodies, by the names that the real host uses.</summary>
internal static class MessageData
{
    private static readonly (string Name, Type Type, Func<ServiceBusReceivedMessage, object?> Read)[] Properties =
    [
        ("MessageId", typeof(string), m => m.MessageId),
        ("CorrelationId", typeof(string), m => m.CorrelationId),
        ("ContentType", typeof(string), m => m.ContentType),
        ("Subject", typeof(string), m => m.Subject),
        ("Label", typeof(string), m => m.Subject),
        ("To", typeof(string), m => m.To),
        ("ReplyTo", typeof(string), m => m.ReplyTo),
        ("ReplyToSessionId", typeof(string), m => m.ReplyToSessionId),
        ("SessionId", typeof(string), m => m.SessionId),
        ("PartitionKey", typeof(string), m => m.PartitionKey),
        ("TransactionPartitionKey", typeof(string), m => m.TransactionPartitionKey),
        ("DeadLetterSource", typeof(string), m => m.DeadLetterSource),
        ("DeadLetterReason", typeof(string), m => m.DeadLetterReason),
        ("DeadLetterErrorDescription", typeof(string), m => m.DeadLetterErrorDescription),
        ("DeliveryCount", typeof(int), m => m.DeliveryCount),
        ("SequenceNumber", typeof(long), m => m.SequenceNumber),
        ("EnqueuedSequenceNumber", typeof(long), m => m.EnqueuedSequenceNumber),
        ("EnqueuedTimeUtc", typeof(DateTime), m => m.EnqueuedTime.UtcDateTime),
        ("EnqueuedTime", typeof(DateTimeOffset), m => m.EnqueuedTime),
        ("ExpiresAtUtc", typeof(DateTime), m => m.ExpiresAt.UtcDateTime),
        ("ExpiresAt", typeof(DateTimeOffset), m => m.ExpiresAt),
        ("LockedUntil", typeof(DateTimeOffset), m => m.LockedUntil),
        ("LockToken", typeof(string), m => m.LockToken),
        ("State", typeof(ServiceBusMessageState), m => m.State),
        ("ApplicationProperties", typeof(IReadOnlyDictionary<string, object>), m => m.ApplicationProperties),
        ("UserProperties", typeof(IReadOnlyDictionary<string, object>), m => m.ApplicationProperties),
    ];

    public static Dictionary<string, object?> Of(ServiceBusReceivedMessage message)
    {
        var data = new Dictionary<string, object?>(Properties.Length, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, _, read) in Properties)
        {
            data[name] = read(message);
        }

        return data;
    }

    /// <summary>Of a batch: one array for each property, its name followed by <c>Array</c>.</summary>
    public static Dictionary<string, object?> Of(IReadOnlyList<ServiceBusReceivedMessage> batch)
    {
        var data = new Dictionary<string, object?>(Properties.Length, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, type, read) in Properties)
        {
            var values = Array.CreateInstance(type, batch.Count);
            for (var i = 0; i < batch.Count; i++)
            {
                values.SetValue(read(batch[i]), i);
            }

            data[name + "Array"] = values;
        }

        return data;
    }

    /// <summary>The trace that the sender was in.</summary>
    public static InvocationOptions Continue(ServiceBusReceivedMessage message, MessageSettlement settlement) => new()
    {
        TraceParent = Text(message, "Diagnostic-Id") ?? Text(message, "traceparent"),
        TraceState = Text(message, "tracestate"),
        Prepare = context => context.Features.Set(settlement),
    };

    private static string? Text(ServiceBusReceivedMessage message, string property) =>
        message.ApplicationProperties.TryGetValue(property, out var value) ? value as string : null;
}
