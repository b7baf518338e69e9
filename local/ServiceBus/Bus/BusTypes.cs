using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>A message as a bus hands it out, with what the broker knows of it.</summary>
internal sealed class Delivery
{
    public required BusMessage Content { get; init; }

    public required long Sequence { get; init; }

    public required long EnqueuedSequence { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    public int DeliveryCount { get; init; }

    /// <summary>Empty when the message is not locked.</summary>
    public Guid LockToken { get; init; }

    /// <summary>On the machine's clock.</summary>
    public DateTimeOffset LockedUntil { get; set; }

    public ServiceBusMessageState State { get; init; }

    public string? DeadLetterSource { get; init; }
}

/// <summary>A session that a receiver holds.</summary>
internal sealed record SessionLock(string SessionId, Guid Token, DateTimeOffset LockedUntil);

/// <summary>What a receiver asks for; answered at once with what is there.</summary>
internal sealed record ReceiveRequest(EntityAddress Address, int Max, ServiceBusReceiveMode Mode, SessionLock? Session = null)
{
    /// <summary>Whether what is sent may be handed over to who waits for it.</summary>
    public bool MayBeHanded => this is { Session: null, Address.SubQueue: SubQueue.None };
}

/// <summary>Something that changes a bus. Several commands are applied together or not at all.</summary>
internal abstract record BusCommand(EntityAddress Address);

/// <summary>Puts messages into a queue or topic, each at its scheduled time if it has one. The result is their sequence numbers.</summary>
internal sealed record SendCommand(EntityAddress Address, IReadOnlyList<BusMessage> Messages) : BusCommand(Address);

/// <summary>Takes back scheduled messages.</summary>
internal sealed record CancelCommand(EntityAddress Address, IReadOnlyList<long> Sequences) : BusCommand(Address);

internal enum Settlement
{
    Complete,
    Abandon,
    Defer,
    DeadLetter,
}

/// <summary>Settles one locked message.</summary>
internal sealed record SettleCommand(EntityAddress Address, long Sequence, Guid LockToken, Settlement How) : BusCommand(Address)
{
    public SessionLock? Session { get; init; }

    /// <summary>Application properties to set on the message.</summary>
    public IReadOnlyDictionary<string, object> Changes { get; init; } = new Dictionary<string, object>();
}

/// <summary>A registered sleep: the signal ends when something may have changed; <paramref name="AtMost"/> is the next moment known.</summary>
internal readonly record struct Sleep(Task Signal, TimeSpan AtMost);
