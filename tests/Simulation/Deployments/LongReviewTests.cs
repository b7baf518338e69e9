using ToolboxAI.Durable.Deployments;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>Moderation that takes its time, or never decides.</summary>
public sealed class LongReviewTests(ITestOutputHelper output)
{
    /// <summary>A seed whose first release has its asset.</summary>
    private const int WithAsset = 4;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3);

    [Fact]
    public async Task A_review_that_never_ends_is_waited_for_three_days_with_a_small_history_and_a_retry_asks_after_the_same_asset()
    {
        var review = new Review();
        await using var world = new DeploymentWorld(WithAsset, DeploymentDatabase.Memory(ProductDatabase.Demo), review, null);
        var studio = await Begin(world);
        var from = world.Simulation.Clock.Start;
        world.Plan(from, "deploys", studio.DeployFirst);
        await world.Simulation.Run(from + Longest + TimeSpan.FromDays(2));

        var failed = Assert.Single(await studio.All());
        Assert.Equal((DeploymentStatus.DeadLettered, DeploymentStage.Upload), (failed.State.Status, failed.State.Stage));
        var assetId = Assert.Single(failed.State.Assets).Value.AssetId;
        Assert.Equal(
            $"asset-1: moderation had not decided on asset {assetId} after 3 days. Look at it on the Creator Dashboard; when it is approved, retry the deployment.", failed.State.Reason);
        Assert.InRange(failed.State.Timeline[^1].At - failed.State.Timeline[0].At, Longest, Longest + TimeSpan.FromHours(1.5));
        var history = (await review.Recorder.Since(from - SimulatedWorld.MostSkew)).Single(run => HistoryRecorder.NameOf(run) == nameof(UploadAsset));
        output.WriteLine($"{history.Events.Count} events for the whole wait.");
        Assert.InRange(history.Events.Count, 100, 999);

        review.IsOver = true;
        world.Plan(world.Simulation.Clock.Now, "retries", async app => Assert.NotNull(await app.Retry(ProductDatabase.Demo, failed.Start.Id)));
        await world.Simulation.Run(world.Simulation.Clock.Now + TimeSpan.FromHours(2));
        Assert.Equal(DeploymentStatus.Succeeded, Assert.Single(await studio.All()).State.Status);
        Assert.Single((await world.Roblox.ShowAsync(2003))["assets"]!.AsArray());
    }

    [Theory, InlineData(10), InlineData(300), InlineData(2000)]
    public async Task A_review_that_ends_is_seen_within_a_sixth_of_its_time_or_five_minutes(int minutes)
    {
        var review = new Review();
        await using var world = new DeploymentWorld(WithAsset, DeploymentDatabase.Memory(ProductDatabase.Demo), review, null);
        var studio = await Begin(world);
        var ends = world.Simulation.Clock.Start + TimeSpan.FromMinutes(minutes);
        world.Plan(world.Simulation.Clock.Start, "deploys", studio.DeployFirst);
        world.Plan(ends, "moderation decides", _ =>
        {
            review.IsOver = true;
            return Task.CompletedTask;
        });
        await world.Simulation.Run(ends + TimeSpan.FromHours(3));

        var state = Assert.Single(await studio.All()).State;
        Assert.Equal(DeploymentStatus.Succeeded, state.Status);
        var seen = state.Timeline.First(line => line.Message == "1 assets are ready.").At;
        Assert.InRange(seen - ends, TimeSpan.Zero, TimeSpan.FromMinutes(Math.Clamp(minutes / 6.0, 5, 60)) + TimeSpan.FromMinutes(1));
    }

    private static async Task<Studio> Begin(DeploymentWorld world)
    {
        await world.Roblox.AddAsync(new(2002, "user_1001", [3011]));
        await world.Roblox.AddAsync(new(2003, "user_1001", [3021]));
        return new(world, new(Places: 1, Assets: 1));
    }

    /// <summary>Moderation that decides when it is told to.</summary>
    private sealed class Review : Plants
    {
        public HistoryRecorder Recorder { get; } = new();

        public bool IsOver { get; set; }

        public override InMemoryHub Hub(VirtualClock clock) => Recorder.Hub(clock);

        public override T Reported<T>(object activity, T real) => !IsOver && real is CallOutcome<OperationReading> { Value.Asset: { } made } created
            ? (T)(object)(created with { Value = created.Value with { Asset = made with { Moderation = Moderation.Reviewing } } })
            : !IsOver && real is CallOutcome<AssetReading> { Value: { } asset } read ? (T)(object)(read with { Value = asset with { Moderation = Moderation.Reviewing } })
            : real;
    }
}
