using ToolboxAI.Local.Simulators.Roblox;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Deployments;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>Everything that takes part in deployments: two processes, the stores, Roblox.</summary>
public sealed class DeploymentWorld : IAsyncDisposable
{
    private readonly Dictionary<SimulatedProcess, DeploymentApp> apps = [];
    private int deathsSeen;

    /// <summary>Builds a world in which nothing goes wrong yet.</summary>
    public DeploymentWorld(int seed, DeploymentDatabase database, Plants plants, Action<string>? trace)
    {
        Plants = plants;
        Simulation = new(seed, plants, trace, interleaves: database.InMemory)
        {
            IsExplained = static error => error is GatewayException or IOException,
        };
        (Units, OutboxRows, Stores) = (database.Units, database.Outbox, database.Stores);
        if (Units is InMemoryDatabase memory)
        {
            memory.Waits = Scheduler.Until;
        }

        Roblox = new(Simulation.Clock);
        Content = new(Simulation.Clock);
        Simulation.Bus.Consume(DeploymentCall.Queue, (process, message) => apps[process].Handle(message.Body.ToString()));
        foreach (var name in (string[])["p1", "p2"])
        {
            var process = Simulation.AddProcess(name);
            apps.Add(process, new(this, process));
        }

        Simulation.Plans.Every(TimeSpan.FromSeconds(30), "outbox timer", process => apps[process].SendOutbox(), AnyDeath, AnyUnsent);
    }

    /// <summary>Who deploys.</summary>
    public static ApiKey Developer { get; } = new("key_developer", ProductDatabase.Demo, "Developer", [], DateTimeOffset.UnixEpoch, null, null);

    /// <summary>Who approves.</summary>
    public static ApiKey Approver { get; } = new("key_approver", ProductDatabase.Demo, "Approver", [], DateTimeOffset.UnixEpoch, null, null);

    public SimulatedWorld Simulation { get; }

    /// <summary>A tenant's Open Cloud key, by which the simulator knows the owner; null when none is stored.</summary>
    public Func<TenantId, string?> KeyOf { get; init; } = _ => "rbx_local_user_1001";

    public Scheduler Scheduler => Simulation.Scheduler;

    public Plants Plants { get; }

    public InMemoryRoblox Roblox { get; }

    public IUnitOfWorkFactory Units { get; }

    public IOutboxStore OutboxRows { get; }

    public InMemoryContentStore Content { get; }

    public DeploymentStores Stores { get; }

    /// <summary>The application as a process runs it.</summary>
    public DeploymentApp AppOf(SimulatedProcess process) => apps[process];

    /// <summary>Somebody does something through any process.</summary>
    public void Plan(DateTimeOffset at, string what, Func<DeploymentApp, Task> act) => Simulation.Plans.At(at, what, process => act(apps[process]));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Simulation.DisposeAsync();
        Roblox.Dispose();
    }

    private bool AnyDeath()
    {
        var deaths = Simulation.Processes.Sum(process => process.Life) + Simulation.Bus.Failures;
        return deaths > deathsSeen && (deathsSeen = deaths) > 0;
    }

    private async Task<bool> AnyUnsent()
    {
        await using var work = await Units.Begin(CancellationToken.None);
        var far = DateTimeOffset.MaxValue.AddDays(-1);
        return (await OutboxRows.Claim(work, far, far, 1, CancellationToken.None)).Count > 0;
    }
}
