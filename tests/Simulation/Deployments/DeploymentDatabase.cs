using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Deployments;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>The product's database and the stores of deployments on it, in memory or in PostgreSQL.</summary>
/// <param name="Units">Its transactions.</param>
/// <param name="Outbox">The outbox's rows.</param>
/// <param name="Stores">The stores of deployments.</param>
/// <param name="InMemory">Nothing waits for anything but other invocations.</param>
public sealed record DeploymentDatabase(IUnitOfWorkFactory Units, IOutboxStore Outbox, DeploymentStores Stores, bool InMemory)
{
    /// <summary>An empty database in memory.</summary>
    public static DeploymentDatabase Memory(params IEnumerable<TenantId> tenants) => new(
        new InMemoryDatabase(tenants),
        new InMemoryOutboxStore(),
        new(new InMemoryDeployments(), new InMemoryExperiences(), new InMemoryReleases()),
        InMemory: true);

    /// <summary>The stores on a PostgreSQL database.</summary>
    public static DeploymentDatabase Postgres(ProductDatabase database) => new(
        database.Units,
        new PostgresOutboxStore(),
        new(new PostgresDeployments(), new PostgresExperiences(), new PostgresReleases()),
        InMemory: false);
}
