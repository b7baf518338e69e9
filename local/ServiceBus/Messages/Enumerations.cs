namespace Azure.Messaging.ServiceBus;

/// <summary>Where a received or peeked message stands in its entity.</summary>
public enum ServiceBusMessageState
{
    /// <summary>Waiting for a receiver, or locked by one.</summary>
    Active = 0,

    /// <summary>Put aside; received by its sequence number only.</summary>
    Deferred = 1,

    /// <summary>Enqueued when its time has come.</summary>
    Scheduled = 2,
}

/// <summary>What a receiver does with a message that it takes.</summary>
public enum ServiceBusReceiveMode
{
    /// <summary>It is locked until it is settled or its lock runs out: at least once.</summary>
    PeekLock = 0,

    /// <summary>It is deleted at once: at most once.</summary>
    ReceiveAndDelete = 1,
}

/// <summary>Which part of a queue or subscription a receiver reads.</summary>
public enum SubQueue
{
    /// <summary>The entity itself.</summary>
    None = 0,

    /// <summary>Its dead-letter queue.</summary>
    DeadLetter = 1,

    /// <summary>The dead-letter queue of messages that could not be forwarded.</summary>
    TransferDeadLetter = 2,
}
