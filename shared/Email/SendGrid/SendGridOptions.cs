using System.ComponentModel.DataAnnotations;

namespace ToolboxAI.Shared.Email.SendGrid;

/// <summary>The settings <c>SendGrid__…</c>. The API key is no setting but a secret.</summary>
public sealed class SendGridOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "SendGrid";

    /// <summary>The API's address; empty for the official one.</summary>
    public string ApiBase { get; set; } = "";

    /// <summary>The public key of the signed event webhook: base64 of the SubjectPublicKeyInfo, as SendGrid shows it.</summary>
    [Required(ErrorMessage = "The setting SendGrid__WebhookPublicKey is empty: it holds the key that SendGrid shows for the signed event webhook.")]
    public string WebhookPublicKey { get; set; } = "";

    /// <summary>The verified sender: an address, or <c>Name &lt;address&gt;</c>.</summary>
    [Required(ErrorMessage = "The setting SendGrid__Sender is empty: it holds the verified sender's address.")]
    public string Sender { get; set; } = "";
}
