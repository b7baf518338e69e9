namespace ToolboxAI.Shared.Gateways;

/// <summary>What a failed call to an outside system means for the caller.</summary>
public enum GatewayFailure
{
    /// <summary>Nothing happened; the same call may succeed later.</summary>
    Transient,

    /// <summary>Nothing happened, and the same call will never succeed.</summary>
    Permanent,

    /// <summary>The effect may have happened: ask before repeating.</summary>
    Unclear,
}

/// <summary>An outside system failed. Each gateway has its own, and maps its errors in one place.</summary>
public abstract class GatewayException(GatewayFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What it means.</summary>
    public GatewayFailure Failure { get; } = failure;
}
