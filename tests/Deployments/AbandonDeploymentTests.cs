using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Deployments;

namespace ToolboxAI.Tests.Deployments;

/// <summary>A deployment whose run has failed, whatever else comes late.</summary>
public sealed class AbandonDeploymentTests
{
    private readonly TestClock clock = new();
    private readonly InMemoryDatabase units = new(ProductDatabase.Demo);
    private readonly InMemoryDeployments deployments = new();
    private readonly InMemoryExperiences experiences = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_step_of_it_that_is_written_late_does_not_bring_it_back_to_life()
    {
        var deployment = await Store(DeploymentStatus.Running, holder: "dep_1");
        await Abandon(deployment.Start.Attempt);
        Assert.Equal((DeploymentStatus.DeadLettered, null), await Stored());

        var late = deployment.State with { Version = deployment.State.Version + 9 };
        await new RecordDeployment(units, deployments, experiences).Run(new(deployment.Start, late), Ct);
        Assert.Equal((DeploymentStatus.DeadLettered, null), await Stored());
    }

    [Theory]
    [InlineData(DeploymentStatus.Running, "dep_2", 0, DeploymentStatus.DeadLettered)]       // a rollback has taken the experience
    [InlineData(DeploymentStatus.Running, "dep_1", -1, DeploymentStatus.Running)]           // it was tried again meanwhile
    [InlineData(DeploymentStatus.Succeeded, "dep_1", 0, DeploymentStatus.Succeeded)]        // it has ended by itself
    public async Task What_is_not_its_own_stays(DeploymentStatus status, string holder, int attempt, DeploymentStatus expected)
    {
        var deployment = await Store(status, holder);
        await Abandon(deployment.Start.Attempt + attempt);
        Assert.Equal((expected, holder), await Stored());
    }

    private Task Abandon(int attempt) => new AbandonDeployment(units, deployments, experiences, clock).Run(new(ProductDatabase.Demo, "dep_1", attempt, "It could not be written down."), Ct);

    private async Task<Shared.Deployments.Runs.Deployment> Store(DeploymentStatus status, string holder)
    {
        var deployment = StoredDeployments.Deployment("dep_1", "b1", clock.GetUtcNow(), status);
        await using var work = await units.Begin(ProductDatabase.Demo, Ct);
        await deployments.Add(work, deployment, Ct);
        await experiences.Lock(work, deployment.Start.Key, Ct);
        await experiences.Save(work, new() { Key = deployment.Start.Key, Fence = deployment.Start.Fence, Holder = holder }, Ct);
        await work.Commit(Ct);
        return deployment;
    }

    private async Task<(DeploymentStatus Status, string? Holder)> Stored()
    {
        await using var work = await units.Begin(ProductDatabase.Demo, Ct);
        var deployment = (await deployments.Find(work, "dep_1", Ct))!;
        return (deployment.State.Status, (await experiences.Find(work, deployment.Start.Key, Ct))!.Holder);
    }
}
