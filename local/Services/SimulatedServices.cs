using ToolboxAI.Local.Simulators;
using ToolboxAI.Local.Simulators.KeyVault;
using ToolboxAI.Local.Simulators.Roblox;
using ToolboxAI.Local.Simulators.SendGrid;
using ToolboxAI.Local.Simulators.Stripe;

namespace ToolboxAI.Local.Services;

/// <summary>What simulators are made from.</summary>
/// <param name="WebhookSecret">The signing secret of Stripe's endpoint.</param>
/// <param name="Authority">Issues the certificates of those that speak HTTPS.</param>
/// <param name="Seeds">What a vault holds at first.</param>
internal sealed record SimulatorParts(string WebhookSecret, CertificateAuthority Authority, IReadOnlyDictionary<string, string> Seeds);

/// <summary>An outside service that has a simulator.</summary>
/// <param name="Name">Its name in the table of services.</param>
/// <param name="AddressSetting">The setting that names the real service or another double; empty: the simulator is started.</param>
/// <param name="Make">Makes the simulator.</param>
internal sealed record SimulatedService(string Name, string AddressSetting, Func<SimulatorParts, ISimulator> Make);

internal static class SimulatedServices
{
    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<SimulatedService> All { get; } =
    [
        new("stripe", "Stripe__ApiBase", parts => new StripeSimulator(parts.WebhookSecret)),
        new("sendgrid", "SendGrid__ApiBase", _ => new SendGridSimulator()),
        new("roblox", "Roblox__ApiBase", _ => new RobloxSimulator()),
        new("keyvault", "KeyVault__Uri", parts => new KeyVaultSimulator(parts.Authority.Issue(), parts.Seeds)),
    ];
}
