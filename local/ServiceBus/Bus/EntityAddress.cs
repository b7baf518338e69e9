using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Where messages lie: a queue, a topic, or a topic's subscription; itself or its dead-letter queue.
/// Names are compared without regard to case, like the original's.
/// </summary>
internal sealed record EntityAddress(string Path, SubQueue SubQueue = SubQueue.None)
{
    private const string SubscriptionsInfix = "/Subscriptions/";
    private const string DeadLetterSuffix = "/$DeadLetterQueue";
    private const string TransferDeadLetterSuffix = "/$Transfer/$DeadLetterQueue";

    public bool IsDeadLetter => SubQueue != SubQueue.None;

    public string Key => Path.ToLowerInvariant();

    /// <summary>The topic of a subscription; null for a queue or topic.</summary>
    public string? Topic => Path.IndexOf(SubscriptionsInfix, StringComparison.OrdinalIgnoreCase) is var at and > 0 ? Path[..at] : null;

    /// <summary>The subscription's own name; null for a queue or topic.</summary>
    public string? Subscription =>
        Path.IndexOf(SubscriptionsInfix, StringComparison.OrdinalIgnoreCase) is var at and > 0 ? Path[(at + SubscriptionsInfix.Length)..] : null;

    public static EntityAddress Parse(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (path.EndsWith(TransferDeadLetterSuffix, StringComparison.OrdinalIgnoreCase))
        {
            return new(path[..^TransferDeadLetterSuffix.Length], SubQueue.TransferDeadLetter);
        }

        return path.EndsWith(DeadLetterSuffix, StringComparison.OrdinalIgnoreCase)
            ? new(path[..^DeadLetterSuffix.Length], SubQueue.DeadLetter)
            : new(path);
    }

    public static EntityAddress OfSubscription(string topic, string subscription)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        ArgumentException.ThrowIfNullOrWhiteSpace(subscription);
        var inner = Parse(subscription);
        return new(topic + SubscriptionsInfix + inner.Path, inner.SubQueue);
    }

    public EntityAddress With(SubQueue subQueue) => subQueue == SubQueue.None ? this : this with { SubQueue = subQueue };

    public override string ToString() => SubQueue switch
    {
        SubQueue.DeadLetter => Path + DeadLetterSuffix,
        SubQueue.TransferDeadLetter => Path + TransferDeadLetterSuffix,
        _ => Path,
    };
}
