using ToolboxAI.Local.Simulators;
using ToolboxAI.Local.Simulators.SendGrid;

namespace ToolboxAI.Local.Services;

/// <summary>An outside service that has a simulator.</summary>
/// <param name="Name">Its name in the table of services.</param>
/// <param name="AddressSetting">The setting that names the real service or another double; empty: the simulator is started.</param>
/// <param name="Make">Makes the simulator.</param>
internal sealed record SimulatedService(string Name, string AddressSetting, Func<ISimulator> Make);

internal static class SimulatedServices
{
    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<SimulatedService> All { get; } =
    [
        new("sendgrid", "SendGrid__ApiBase", () => new SendGridSimulator()),
    ];
}
