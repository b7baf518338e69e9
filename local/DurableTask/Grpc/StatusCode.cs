namespace Grpc.Core;

/// <summary>The codes that a remote call can end with, as gRPC numbers them.</summary>
public enum StatusCode
{
    /// <summary>It succeeded.</summary>
    OK = 0,

    /// <summary>It was cancelled, mostly by its caller.</summary>
    Cancelled = 1,

    /// <summary>An error that says no more.</summary>
    Unknown = 2,

    /// <summary>An argument is wrong whatever the state of things.</summary>
    InvalidArgument = 3,

    /// <summary>The time was over first.</summary>
    DeadlineExceeded = 4,

    /// <summary>What it is about is not there: of the Durable extension, there is no such instance.</summary>
    NotFound = 5,

    /// <summary>What it would make is there already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller may not.</summary>
    PermissionDenied = 7,

    /// <summary>A limit is reached.</summary>
    ResourceExhausted = 8,

    /// <summary>Things are not in the state that it needs: of the Durable extension, the instance has ended.</summary>
    FailedPrecondition = 9,

    /// <summary>It was given up, mostly for a conflict.</summary>
    Aborted = 10,

    /// <summary>Beyond what is valid.</summary>
    OutOfRange = 11,

    /// <summary>Nobody offers it.</summary>
    Unimplemented = 12,

    /// <summary>Something broke on the other side.</summary>
    Internal = 13,

    /// <summary>The other side is away for now.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or damaged.</summary>
    DataLoss = 15,

    /// <summary>The caller did not say who it is.</summary>
    Unauthenticated = 16,
}
