using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Local.DurableTask;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Deployments;

namespace ToolboxAI.Tests.Local.Deployments;

/// <summary>Deployments that have lost their run, on a hub that refuses what the one in Azure refuses.</summary>
public sealed class DeploymentSweepTests
{
    private static readonly DeploymentStart Start = new(ProductDatabase.Demo, "dep_1", Fence: 1, Attempt: 1, DeploymentKind.Rollback, Release: null, new(
        "game", "production", "1.0.0", new Dictionary<string, string>(), new Dictionary<string, LiveAsset>(), new Dictionary<string, string>(), [], null!, new(default, 7), "key", null!, "b", null!, "dep_0", default));

    private readonly TestClock clock = new();
    private readonly InMemoryDatabase units = new(ProductDatabase.Demo);
    private readonly DeploymentStores stores = new(new InMemoryDeployments(), new InMemoryExperiences(), new InMemoryReleases());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 1, 0, DeploymentStatus.RollingBack, "dep_1")]                                       // its start was given up
    [InlineData(OrchestrationRuntimeStatus.Terminated, 0, 1, DeploymentStatus.DeadLettered, null)]
    [InlineData(OrchestrationRuntimeStatus.Failed, 0, 1, DeploymentStatus.DeadLettered, null)]
    [InlineData(OrchestrationRuntimeStatus.Running, 0, 0, DeploymentStatus.RollingBack, "dep_1")]
    public async Task A_deployment_without_a_run_is_started_or_gives_its_experience_back(
        OrchestrationRuntimeStatus? run, int started, int ended, DeploymentStatus status, string? holder)
    {
        await using (var work = await units.Begin(ProductDatabase.Demo, Ct))
        {
            var now = clock.GetUtcNow();
            await stores.Deployments.Add(work, new(Start, DeploymentRules.Start(Start.Kind, now), "key_1", now, 0), Ct);
            await stores.Experiences.Lock(work, Start.Key, Ct);
            await stores.Experiences.Save(work, new() { Key = Start.Key, Fence = Start.Fence, Holder = Start.Id }, Ct);
            await work.Commit(Ct);
        }

        await using var hub = new StrictHub(Start.InstanceId, run);
        var sweep = new DeploymentSweep(units, stores, clock);
        Assert.Equal((0, 0), await sweep.Run(ProductDatabase.Demo, hub, Ct));

        clock.Advance(DeploymentSweep.Patience + TimeSpan.FromSeconds(1));
        Assert.Equal((started, ended), await sweep.Run(ProductDatabase.Demo, hub, Ct));
        Assert.Equal((0, 0), await sweep.Run(ProductDatabase.Demo, hub, Ct));
        await using var reading = await units.Begin(ProductDatabase.Demo, Ct);
        Assert.Equal(status, (await stores.Deployments.Find(reading, Start.Id, Ct))!.State.Status);
        Assert.Equal(holder, (await stores.Experiences.Find(reading, Start.Key, Ct))!.Holder);
    }
}
