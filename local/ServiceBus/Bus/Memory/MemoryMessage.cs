using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

internal enum MemoryState
{
    Available,
    Locked,
    Deferred,
    Scheduled,
}

/// <summary>A message in memory: the counterpart of a row of <c>servicebus.messages</c>.</summary>
internal sealed class MemoryMessage
{
    private EncodedMessage encoded = null!;
    private BusMessage? view;

    public required EncodedMessage Encoded
    {
        get => encoded;
        set => (encoded, view) = (value, null);
    }

    public required string MessageId { get; init; }

    public string? SessionId { get; init; }

    public required long Sequence { get; set; }

    public required long EnqueuedSequence { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public MemoryState State { get; set; }

    /// <summary>A lock that ends goes back to deferred.</summary>
    public bool IsDeferred { get; set; }

    public int DeliveryCount { get; set; }

    public Guid LockToken { get; private set; }

    /// <summary>Null: as long as the session's lock.</summary>
    public DateTimeOffset? LockedUntil { get; set; }

    public string? DeadLetterSource { get; set; }

    public void Lock(Guid token, DateTimeOffset? until)
    {
        State = MemoryState.Locked;
        LockToken = token;
        LockedUntil = until;
        DeliveryCount++;
    }

    public void Free()
    {
        State = IsDeferred ? MemoryState.Deferred : MemoryState.Available;
        LockToken = Guid.Empty;
        LockedUntil = null;
    }

    public BusMessage Decode()
    {
        var content = MessageCodec.Decode(Encoded.Envelope, Encoded.Body);
        content.MessageId = MessageId;
        return content;
    }

    /// <summary>What is shown to those who only look: read from the stored form once, and not to be changed.</summary>
    public Delivery ToView() => ToDelivery(view ??= Decode(), null);

    public void SetProperties(IReadOnlyDictionary<string, object> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        var content = Decode();
        foreach (var (key, value) in changes)
        {
            content.Properties[key] = value;
        }

        Encoded = MessageCodec.Encode(content);
    }

    public Delivery ToDelivery(DateTimeOffset? heldUntil = null) => ToDelivery(Decode(), heldUntil);

    private Delivery ToDelivery(BusMessage shown, DateTimeOffset? heldUntil) => new()
    {
        Content = shown,
        Sequence = Sequence,
        EnqueuedSequence = EnqueuedSequence,
        EnqueuedAt = EnqueuedAt,
        DeliveryCount = DeliveryCount,
        LockToken = LockToken,
        LockedUntil = LockedUntil ?? (State == MemoryState.Locked ? heldUntil ?? default : default),
        State = State switch
        {
            MemoryState.Deferred => ServiceBusMessageState.Deferred,
            MemoryState.Scheduled => ServiceBusMessageState.Scheduled,
            _ => ServiceBusMessageState.Active,
        },
        DeadLetterSource = DeadLetterSource,
    };
}

/// <summary>A session in memory.</summary>
internal sealed class MemorySession
{
    public Guid LockToken { get; set; }

    public DateTimeOffset LockedUntil { get; set; }

    public byte[]? State { get; set; }

    public DateTimeOffset StateUpdatedAt { get; set; }
}
