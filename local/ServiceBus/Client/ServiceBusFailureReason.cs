namespace Azure.Messaging.ServiceBus;

/// <summary>Why an operation failed.</summary>
public enum ServiceBusFailureReason
{
    /// <summary>None of the others.</summary>
    GeneralError = 0,

    /// <summary>There is no entity of that name.</summary>
    MessagingEntityNotFound = 1,

    /// <summary>The lock ran out, or the message was settled already.</summary>
    MessageLockLost = 2,

    /// <summary>There is no message of that sequence number.</summary>
    MessageNotFound = 3,

    /// <summary>The message or batch is larger than the entity allows.</summary>
    MessageSizeExceeded = 4,

    /// <summary>The entity is disabled.</summary>
    MessagingEntityDisabled = 5,

    /// <summary>The entity is full.</summary>
    QuotaExceeded = 6,

    /// <summary>The service asks to try later. Transient.</summary>
    ServiceBusy = 7,

    /// <summary>The service did not answer in time. Transient.</summary>
    ServiceTimeout = 8,

    /// <summary>The service could not be reached. Transient.</summary>
    ServiceCommunicationProblem = 9,

    /// <summary>Another receiver holds the session.</summary>
    SessionCannotBeLocked = 10,

    /// <summary>The session's lock ran out.</summary>
    SessionLockLost = 11,

    /// <summary>The entity exists already.</summary>
    MessagingEntityAlreadyExists = 12,
}
