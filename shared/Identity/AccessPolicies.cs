namespace ToolboxAI.Shared.Identity;

/// <summary>Who may call an HTTP function. Every one declares exactly one policy; without it, every call is refused.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class AccessPolicyAttribute : Attribute;

/// <summary>Callers whose API key holds the permission.</summary>
public sealed class NeedsAttribute(Permission permission) : AccessPolicyAttribute
{
    /// <summary>The permission.</summary>
    public Permission Permission { get; } = permission;
}

/// <summary>Anybody.</summary>
/// <param name="reason">Why that is safe.</param>
public sealed class AnonymousAttribute(string reason) : AccessPolicyAttribute
{
    /// <summary>Why that is safe.</summary>
    public string Reason { get; } = reason;
}

/// <summary>A sender that proves itself by the body's signature; the function checks it before it does anything else.</summary>
/// <param name="sender">Whose webhook it is.</param>
public sealed class SignedWebhookAttribute(string sender) : AccessPolicyAttribute
{
    /// <summary>Whose webhook it is.</summary>
    public string Sender { get; } = sender;
}
