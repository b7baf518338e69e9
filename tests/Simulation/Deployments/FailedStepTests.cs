using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.Budget;
using ToolboxAI.Shared.Roblox.OpenCloud;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Simulation.Planted;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>What fails in a run, other than calls to Roblox: the experience is free again, and a retry goes on.</summary>
public sealed class FailedStepTests
{
    [Fact]
    public async Task A_step_that_fails_for_days_gives_the_experience_back_and_is_made_when_it_is_tried_again()
    {
        var broken = new Broken(activity => activity is PrepareReleaseInput { State.Stage: DeploymentStage.Render });
        await GivesBackAndGoesOn(broken, DeploymentStage.Render, $"{nameof(RenderPlaces)} failed however often it was tried.");
    }

    [Theory]
    [InlineData(DeploymentStage.Validate, DeploymentStage.Validate)]
    [InlineData(DeploymentStage.Watch, DeploymentStage.Verify)]
    [InlineData(DeploymentStage.Complete, DeploymentStage.Watch)]
    public async Task A_step_that_can_not_be_written_down_ends_the_run_at_the_last_that_was(DeploymentStage unwritten, DeploymentStage last)
    {
        var broken = new Broken(activity => activity is RecordDeploymentInput record && record.State.Stage >= unwritten);
        await GivesBackAndGoesOn(broken, last, $"{nameof(RecordDeployment)} failed however often it was tried.");
    }

    [Fact]
    public async Task A_budget_that_fails_fails_the_step_and_not_the_run()
    {
        var broken = new Broken(_ => false, operation => operation.Name == nameof(RobloxBudget.Ask) && operation.GetInput<BudgetAsk>()!.Endpoint == RobloxEndpoint.Entries);
        await GivesBackAndGoesOn(broken, DeploymentStage.PublishStaging, "robloxbudget user_1001 failed at Ask.");
    }

    [Fact]
    public async Task A_run_whose_own_code_fails_gives_the_experience_back_too()
    {
        var broken = new Broken(_ => false) { BreaksTests = true };
        await GivesBackAndGoesOn(broken, DeploymentStage.Test, $"the run ended with {nameof(InvalidTimeZoneException)}.");
    }

    private static async Task GivesBackAndGoesOn(Broken broken, DeploymentStage stage, string reason)
    {
        await using var world = new DeploymentWorld(5, DeploymentDatabase.Memory(ProductDatabase.Demo), broken, null);
        var studio = new Studio(world, new(Places: 1, Assets: 0));
        await world.Roblox.AddAsync(new(2002, "user_1001", [3011]));
        await world.Roblox.AddAsync(new(2003, "user_1001", [3021]));
        world.Plan(world.Simulation.Clock.Start, "deploys", studio.DeployFirst);
        await world.Simulation.Run(world.Simulation.Clock.Start + TimeSpan.FromDays(8));

        var failed = Assert.Single(await studio.All());
        Assert.Equal((DeploymentStatus.DeadLettered, stage, reason), (failed.State.Status, failed.State.Stage, failed.State.Reason));
        await using (var work = await world.Units.Begin(ProductDatabase.Demo, CancellationToken.None))
        {
            Assert.Null((await world.Stores.Experiences.Find(work, failed.Start.Key, CancellationToken.None))!.Holder);
        }

        broken.IsMended = true;
        world.Plan(world.Simulation.Clock.Now, "retries", async app => Assert.NotNull(await app.Retry(ProductDatabase.Demo, failed.Start.Id)));
        await world.Simulation.Run(world.Simulation.Clock.Now + TimeSpan.FromHours(2));
        Assert.Equal(DeploymentStatus.Succeeded, Assert.Single(await studio.All()).State.Status);
    }

    /// <summary>What is chosen fails, however often it is tried, until it is mended.</summary>
    private sealed class Broken(Func<object, bool> activities, Func<TaskEntityOperation, bool>? operations = null) : Plants
    {
        public bool IsMended { get; set; }

        public bool BreaksTests { get; init; }

        public override void Begins(object activity)
        {
            if (!IsMended && activities(activity))
            {
                throw new IOException("no space left");
            }
        }

        public override ITaskEntity Budget(ITaskEntity real) => new BrokenBudget(this, real, operations);

        public override TaskOrchestrationContext Orchestration(TaskOrchestrationContext real, VirtualClock clock) => BreaksTests ? new BrokenCode(this, real) : real;
    }

    private sealed class BrokenBudget(Broken broken, ITaskEntity real, Func<TaskEntityOperation, bool>? operations) : ITaskEntity
    {
        public ValueTask<object?> RunAsync(TaskEntityOperation operation) =>
            !broken.IsMended && operations?.Invoke(operation) == true ? throw new InvalidTimeZoneException("The state can't be read.") : real.RunAsync(operation);
    }

    /// <summary>Code that fails when it is about to try a place.</summary>
    private sealed class BrokenCode(Broken broken, TaskOrchestrationContext real) : ForwardingContext(real)
    {
        public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
            !broken.IsMended && orchestratorName.Name == nameof(TestPlace)
                ? throw new InvalidTimeZoneException("There is no such time zone.")
                : base.CallSubOrchestratorAsync<TResult>(orchestratorName, input, options);
    }
}
