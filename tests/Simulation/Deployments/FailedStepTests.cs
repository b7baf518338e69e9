using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>A step of our own, not a call to Roblox, that fails however often it is tried.</summary>
public sealed class FailedStepTests
{
    [Fact]
    public async Task A_step_that_fails_for_days_gives_the_experience_back_and_is_made_when_it_is_tried_again()
    {
        var broken = new BrokenRendering();
        await using var world = new DeploymentWorld(5, DeploymentDatabase.Memory(ProductDatabase.Demo), broken, null);
        var studio = new Studio(world, new(Places: 1, Assets: 0));
        await world.Roblox.AddAsync(new(2002, "user_1001", [3011]));
        await world.Roblox.AddAsync(new(2003, "user_1001", [3021]));
        world.Plan(world.Simulation.Clock.Start, "deploys", studio.DeployFirst);
        await world.Simulation.Run(world.Simulation.Clock.Start + TimeSpan.FromDays(8));

        var failed = Assert.Single(await studio.All());
        Assert.Equal((DeploymentStatus.DeadLettered, DeploymentStage.Render), (failed.State.Status, failed.State.Stage));
        Assert.Equal($"{nameof(RenderPlaces)} failed however often it was tried.", failed.State.Reason);

        broken.IsMended = true;
        world.Plan(world.Simulation.Clock.Now, "retries", async app => Assert.NotNull(await app.Retry(ProductDatabase.Demo, failed.Start.Id)));
        await world.Simulation.Run(world.Simulation.Clock.Now + TimeSpan.FromHours(2));
        Assert.Equal(DeploymentStatus.Succeeded, Assert.Single(await studio.All()).State.Status);
    }

    private sealed class BrokenRendering : Plants
    {
        public bool IsMended { get; set; }

        public override void Begins(object activity)
        {
            if (!IsMended && activity is PrepareReleaseInput { State.Stage: DeploymentStage.Render })
            {
                throw new IOException("no space left");
            }
        }
    }
}
