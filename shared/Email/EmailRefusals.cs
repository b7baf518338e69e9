using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Email;

/// <summary>SendGrid didn't sign these bytes, or too long ago.</summary>
public sealed record InvalidSignature() : InvalidRefusal("invalid_signature", "The signature is not one of the sender's over this body, or is too old.");
