using ToolboxAI.Local.Simulators;
using ToolboxAI.Local.Simulators.Roblox;
using ToolboxAI.Local.Simulators.SendGrid;
using ToolboxAI.Local.Simulators.Stripe;

namespace ToolboxAI.Local.Services;

/// <summary>An outside service that has a simulator.</summary>
/// <param name="Name">Its name in the table of services.</param>
/// <param name="AddressSetting">The setting that names the real service or another double; empty: the simulator is started.</param>
/// <param name="Make">Makes the simulator, by the settings that are given.</param>
internal sealed record SimulatedService(string Name, string AddressSetting, Func<IReadOnlyDictionary<string, string>, ISimulator> Make);

internal static class SimulatedServices
{
    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<SimulatedService> All { get; } =
    [
        new("stripe", "Stripe__ApiBase", given => new StripeSimulator(given.GetValueOrDefault("Stripe__WebhookSecret", "whsec_local"))),
        new("sendgrid", "SendGrid__ApiBase", _ => new SendGridSimulator()),
        new("roblox", "Roblox__ApiBase", _ => new RobloxSimulator()),
    ];
}
