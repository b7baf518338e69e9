namespace Grpc.Core;

/// <summary>What the Durable extension refuses, as a function app's client hears it. Of the official package Grpc.Core.Api, without trailers.</summary>
public class RpcException : Exception
{
    /// <summary>Creates the exception; its message is the status as text.</summary>
    public RpcException(Status status)
        : this(status, status.ToString())
    {
    }

    /// <summary>Creates the exception.</summary>
    public RpcException(Status status, string message)
        : base(message, status.DebugException) => Status = status;

    /// <summary>What was answered.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;
}
