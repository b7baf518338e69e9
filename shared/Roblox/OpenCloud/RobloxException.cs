using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Roblox.OpenCloud;

/// <summary>A call to Roblox failed.</summary>
/// <param name="failure">What that means for the caller.</param>
/// <param name="message">For people; without keys.</param>
/// <param name="status">The HTTP status; 0 when no answer came.</param>
/// <param name="code">Roblox's own code, where it gave one.</param>
/// <param name="rate">What the answer said about the limit.</param>
/// <param name="inner">The cause.</param>
public sealed class RobloxException(GatewayFailure failure, string message, int status, string? code, RateReading rate, Exception? inner = null)
    : GatewayException(failure, message, inner)
{
    /// <summary>The HTTP status; 0 when no answer came.</summary>
    public int Status { get; } = status;

    /// <summary>Roblox's own code, where it gave one.</summary>
    public string? Code { get; } = code;

    /// <summary>What the answer said about the limit.</summary>
    public RateReading Rate { get; } = rate;

    /// <summary>There is no such thing.</summary>
    public bool IsMissing => Status == 404;

    /// <summary>The owner's limit was reached.</summary>
    public bool IsThrottled => Status == 429;
}
