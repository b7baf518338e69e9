using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Deployments;

namespace ToolboxAI.Tests.Deployments;

/// <summary>What the desk starts and what it refuses, by what stands in the stores.</summary>
public sealed class DeploymentDeskTests : IMessageBus
{
    private static readonly ApiKey Ann = new("key_ann", ProductDatabase.Demo, "Ann", [], DateTimeOffset.UnixEpoch, null, null);
    private readonly TestClock clock = new();
    private readonly InMemoryDatabase units = new(ProductDatabase.Demo);
    private readonly DeploymentStores stores = new(new InMemoryDeployments(), new InMemoryExperiences(), new InMemoryReleases());
    private readonly List<OutboxMessage> sent = [];
    private readonly DeploymentDesk desk;

    public DeploymentDeskTests() =>
        desk = new(units, stores, new Outbox(new InMemoryOutboxStore(), units, this, clock, new(clock), NullLogger<Outbox>.Instance), clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("dep_2", null, null, "1.1.0")]              // the one that brought the live version
    [InlineData("dep_3", null, null, "already_live")]       // failed in staging: it changed nothing
    [InlineData("dep_3", null, "dep_3", "1.2.0")]           // is under way: it stops, and the live version stays
    [InlineData("dep_3", "1.2.1", "dep_3", "1.2.0")]        // has moved places
    [InlineData("dep_3", "1.2.0", null, "1.2.0")]           // failed on its way back
    [InlineData("dep_2", null, "dep_3", "1.1.0")]
    [InlineData("dep_4", "1.1.0", null, "1.1.0")]           // a rollback that failed half-way
    [InlineData("dep_1", null, null, "nothing_to_go_back_to")]
    public async Task Without_a_version_a_rollback_goes_to_what_was_live_before_the_deployment_that_it_names(string named, string? movingTo, string? holder, string expected)
    {
        await Store(new() { Key = "game/production", Fence = 9, Revision = 4, Version = "1.2.0", MovingTo = movingTo, Holder = holder });

        Assert.Equal(expected, Said(await desk.RollBack(ProductDatabase.Demo, Ann, named, null, Ct)));
    }

    [Fact]
    public async Task A_version_that_is_named_is_brought_back_whatever_is_live()
    {
        await Store(new() { Key = "game/production", Fence = 9, Revision = 4, Version = "1.2.0" });

        Assert.Equal("version_not_found", Said(await desk.RollBack(ProductDatabase.Demo, Ann, "dep_3", "7.0.0", Ct)));
        Assert.Equal("1.2.0", Said(await desk.RollBack(ProductDatabase.Demo, Ann, "dep_3", "1.2.0", Ct)));
        Assert.Single(sent);
    }

    [Theory]
    [InlineData(null, "1.0.0", null, "1.1.0")]                     // a first release that failed half-way gives way to a better one
    [InlineData(null, "1.0.0", "dep_3", "experience_busy")]
    [InlineData("1.0.0", "1.0.1", null, "plan_outdated")]          // here there is a version to go back to first
    public async Task A_first_release_that_failed_half_way_does_not_lock_the_experience(string? live, string movingTo, string? holder, string expected)
    {
        await Store(new() { Key = "game/production", Fence = 9, Revision = 4, Version = live, MovingTo = movingTo, Holder = holder });
        await using (var work = await units.Begin(ProductDatabase.Demo, Ct))
        {
            await stores.Deployments.AddPlan(work, StoredDeployments.Plan("h1", "b1", clock.GetUtcNow()) with { Blocked = [] }, Ct);
            await work.Commit(Ct);
        }

        var (deployment, refusal) = await desk.Apply(ProductDatabase.Demo, Ann, "h1", null, Ct);
        Assert.Equal(expected, deployment?.Start.Release?.Version ?? refusal!.Code);
    }

    [Fact]
    public async Task A_message_stays_small_however_large_the_release_is()
    {
        await Store(new() { Key = "game/production", Fence = 9, Revision = 4, Version = "1.2.0" });
        var plan = StoredDeployments.Plan("h1", "b1", clock.GetUtcNow()) with { Blocked = [] };
        var large = plan.Release.Target with { Config = $$"""{"text":"{{new string('"', 100_000)}}"}""" };
        await using (var work = await units.Begin(ProductDatabase.Demo, Ct))
        {
            await stores.Deployments.AddPlan(work, plan with { Release = plan.Release with { Target = large } }, Ct);
            await work.Commit(Ct);
        }

        Assert.NotNull((await desk.Apply(ProductDatabase.Demo, Ann, "h1", null, Ct)).Deployment);
        Assert.InRange(Assert.Single(sent).Body.Length, 1, 1_000);
    }

    [Fact]
    public async Task A_message_of_the_form_that_carried_the_whole_start_is_read_like_one_of_today_s()
    {
        var start = StoredDeployments.Deployment("dep_1", "b1", clock.GetUtcNow(), DeploymentStatus.Running).Start;
        var word = new DeploymentSignal(DeploymentSignalKind.UseAsset, "key_ann", "theme", 123);
        foreach (var signal in new[] { null, word })
        {
            var earlier = JsonSerializer.Serialize(new { start, begin = signal is null ? new DeploymentState() : null, signal }, ApiJson.Options);
            Assert.Equal(DeploymentCall.Of(start, signal), DeploymentCall.Read(earlier));
        }

        await Store(new() { Key = "game/production", Fence = 9, Revision = 4, Version = "1.2.0" });
        await desk.RollBack(ProductDatabase.Demo, Ann, "dep_3", "1.1.0", Ct);
        var call = DeploymentCall.Read(Assert.Single(sent).Body);
        Assert.Equal((ProductDatabase.Demo, 1, null), (call.Tenant, call.Attempt, call.Signal));
    }

    /// <inheritdoc/>
    Task IMessageBus.Send(OutboxMessage message, CancellationToken ct)
    {
        sent.Add(message);
        return Task.CompletedTask;
    }

    private static string Said((Shared.Deployments.Runs.Deployment? Deployment, Refusal? Refusal) result) => result.Deployment?.Start.Goal?.Version ?? result.Refusal!.Code;

    /// <summary>Versions 1.1.0 and 1.2.0 came with the first two deployments, 1.2.1 would with the third; the fourth is a rollback to 1.1.0.</summary>
    private async Task Store(ExperienceState experience)
    {
        await using var work = await units.Begin(ProductDatabase.Demo, Ct);
        var now = clock.GetUtcNow();
        ReleaseVersion? goal = null;
        foreach (var (id, version) in new[] { ("dep_1", "1.1.0"), ("dep_2", "1.2.0"), ("dep_3", "1.2.1") })
        {
            var deployment = StoredDeployments.Deployment(id, "b1", now, DeploymentStatus.DeadLettered);
            await stores.Deployments.Add(work, deployment with { Start = deployment.Start with { Release = StoredDeployments.Release("b1") with { Version = version }, Goal = goal } }, Ct);
            goal = StoredDeployments.Version(version, now) with { DeploymentId = id };
            if (version != "1.2.1")
            {
                await stores.Releases.Add(work, goal, Ct);
            }
        }

        var back = StoredDeployments.Deployment("dep_4", "b1", now, DeploymentStatus.DeadLettered);
        var rollback = back.Start with { Kind = DeploymentKind.Rollback, Release = null, Goal = StoredDeployments.Version("1.1.0", now) };
        await stores.Deployments.Add(work, back with { Start = rollback }, Ct);
        await stores.Experiences.Lock(work, experience.Key, Ct);
        await stores.Experiences.Save(work, experience, Ct);
        await work.Commit(Ct);
    }
}
