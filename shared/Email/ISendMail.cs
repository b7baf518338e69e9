using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Email;

/// <summary>A mail as people read it.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain form.</param>
/// <param name="Html">The same as HTML.</param>
public sealed record RenderedMail(string Subject, string Text, string Html);

/// <summary>The way out to the mail service.</summary>
public interface ISendMail
{
    /// <summary>Hands a mail over and returns the service's id of the message. One call, no retries.</summary>
    /// <exception cref="SendMailException">It was not accepted, or that is not known.</exception>
    Task<string> Send(TenantId tenant, string mailId, string to, RenderedMail mail, CancellationToken ct);
}

/// <summary>A mail was not accepted, or it is not known whether it was.</summary>
public sealed class SendMailException(GatewayFailure failure, string message, Exception? inner = null)
    : GatewayException(failure, message, inner)
{
    /// <summary>
    /// Whether it is known how the call ended on the other side: true for every answer, an error included, and for a call that
    /// never got there. False: the service may have taken the mail on without our hearing of it.
    /// </summary>
    public bool Answered { get; init; } = true;
}
