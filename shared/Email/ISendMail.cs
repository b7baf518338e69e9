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
public sealed class SendMailException(SendFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What can be concluded.</summary>
    public SendFailure Failure { get; } = failure;
}
