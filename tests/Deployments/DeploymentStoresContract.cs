using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Http;
using ToolboxAI.Tests.Data;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Deployments;

namespace ToolboxAI.Tests.Deployments;

public sealed class DeploymentsInMemory(InMemory database)
    : DeploymentStoresContract(database, new(new InMemoryDeployments(), new InMemoryExperiences(), new InMemoryReleases())), IClassFixture<InMemory>;

public sealed class DeploymentsOnPostgres(OnPostgres database)
    : DeploymentStoresContract(database, new(new PostgresDeployments(), new PostgresExperiences(), new PostgresReleases())), IClassFixture<OnPostgres>;

/// <summary>What every implementation of the deployments' stores must do.</summary>
public abstract class DeploymentStoresContract(DatabaseUnderTest database, DeploymentStores stores)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string unique = Guid.NewGuid().ToString("N");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Key => $"{unique}/production";

    [Fact]
    public async Task Plans_deployments_and_versions_are_read_as_they_were_written()
    {
        var plan = StoredDeployments.Plan(unique, "p1", Noon);
        var deployment = StoredDeployments.Deployment($"dep_{unique}", "d1", Noon, DeploymentStatus.AwaitingApproval);
        var version = StoredDeployments.Version("1.2.0", Noon, unique);
        await Write(async work =>
        {
            await stores.Deployments.AddPlan(work, plan, Ct);
            await stores.Deployments.Add(work, deployment, Ct);
            await stores.Releases.Add(work, version, Ct);
        });
        await using var reading = await Begin();
        Same(plan, await stores.Deployments.FindPlan(reading, unique, Ct));
        Same(deployment, await stores.Deployments.Find(reading, deployment.Start.Id, Ct));
        Same(deployment, await stores.Deployments.Lock(reading, deployment.Start.Id, Ct));
        Same(version, await stores.Releases.Find(reading, unique, "production", "1.2.0", Ct));
        Assert.Null(await stores.Deployments.FindPlan(reading, "none", Ct));
        Assert.Null(await stores.Deployments.Find(reading, "dep_none", Ct));
        Assert.Null(await stores.Deployments.Lock(reading, "dep_none", Ct));
        Assert.Null(await stores.Releases.Find(reading, unique, "staging", "1.2.0", Ct));
    }

    [Fact]
    public async Task What_is_one_tenant_s_is_not_there_for_another()
    {
        await Write(async work =>
        {
            await stores.Deployments.Add(work, StoredDeployments.Deployment($"dep_{unique}", "d1", Noon, DeploymentStatus.Running), Ct);
            await stores.Releases.AddAsset(work, new("user_1", "Model", unique, 7, 1), Ct);
        });
        await using var other = await database.Units.Begin(ProductDatabase.Other, Ct);
        Assert.Null(await stores.Deployments.Find(other, $"dep_{unique}", Ct));
        Assert.Null(await stores.Releases.FindAsset(other, "user_1", "Model", unique, Ct));
    }

    [Fact]
    public async Task What_is_under_way_for_longer_is_found()
    {
        await Write(async work =>
        {
            foreach (var status in Enum.GetValues<DeploymentStatus>())
            {
                await stores.Deployments.Add(work, StoredDeployments.Deployment($"dep_{unique}_{status}", "d1", Noon.AddYears(-9), status), Ct);
            }

            await stores.Deployments.Add(work, StoredDeployments.Deployment($"dep_{unique}_new", "d1", Noon, DeploymentStatus.Running), Ct);
        });
        await using var reading = await Begin();
        var found = await stores.Deployments.UnderWay(reading, Noon, Ct);
        Assert.Equal(
            [DeploymentStatus.AwaitingApproval, DeploymentStatus.AwaitingDecision, DeploymentStatus.RollingBack, DeploymentStatus.Running],
            found.Where(deployment => deployment.Start.Id.Contains(unique, StringComparison.Ordinal)).Select(deployment => deployment.State.Status));
    }

    [Fact]
    public async Task A_plan_made_again_is_kept_anew_and_an_old_one_is_forgotten()
    {
        await Write(work => stores.Deployments.AddPlan(work, StoredDeployments.Plan(unique, "p1", Noon.AddYears(-9)), Ct));
        await Write(work => stores.Deployments.AddPlan(work, StoredDeployments.Plan($"{unique}-old", "p2", Noon.AddYears(-9)), Ct));
        await Write(work => stores.Deployments.AddPlan(work, StoredDeployments.Plan(unique, "p1", Noon), Ct));
        await Write(async work => Assert.InRange(await stores.Deployments.ForgetPlans(work, Noon.AddYears(-8), Ct), 1, 10));
        await using var reading = await Begin();
        Assert.Equal(Noon, (await stores.Deployments.FindPlan(reading, unique, Ct))!.CreatedAt);
        Assert.Null(await stores.Deployments.FindPlan(reading, $"{unique}-old", Ct));
    }

    [Fact]
    public async Task An_experience_is_there_when_it_is_locked_and_the_locker_s_until_it_commits()
    {
        await using (var reading = await Begin())
        {
            Assert.Null(await stores.Experiences.Find(reading, Key, Ct));
        }

        await using var first = await Begin();
        await using var second = await Begin();
        var held = await stores.Experiences.Lock(first, Key, Ct);
        Assert.Equal((0, null, null), (held.Fence, held.Holder, held.Version));
        var waiting = stores.Experiences.Lock(second, Key, Ct);
        await Task.WhenAny(waiting, Task.Delay(100, Ct));
        Assert.False(waiting.IsCompleted);
        var saved = held with
        {
            Fence = 5,
            Holder = "dep_1",
            Revision = 2,
            Version = "1.0.0",
            MovingTo = "1.1.0",
            Published = ImmutableSortedDictionary<string, long>.Empty.Add("lobby", 9),
            Models = ImmutableSortedDictionary<long, string>.Empty.Add(9_000_001, ""),
        };
        await stores.Experiences.Save(first, saved, Ct);
        await first.Commit(Ct);
        Same(saved, await waiting);
    }

    [Theory]
    [InlineData(CommitPoint.BeforeCommit)]
    [InlineData(CommitPoint.AfterCommit)]
    public async Task A_crash_at_the_commit_leaves_all_or_nothing(CommitPoint point)
    {
        var crashing = new CrashingUnitOfWorkFactory(database.Units, at => at == point);
        await Assert.ThrowsAsync<SimulatedCrashException>(async () =>
        {
            await using var work = await crashing.Begin(ProductDatabase.Demo, Ct);
            var state = await stores.Experiences.Lock(work, Key, Ct);
            await stores.Experiences.Save(work, state with { Fence = 1 }, Ct);
            await stores.Deployments.Add(work, StoredDeployments.Deployment($"dep_{unique}", "d1", Noon, DeploymentStatus.Running), Ct);
            await work.Commit(Ct);
        });
        await using var reading = await Begin();
        Assert.Equal(point == CommitPoint.AfterCommit, await stores.Experiences.Find(reading, Key, Ct) is { Fence: 1 });
        Assert.Equal(point == CommitPoint.AfterCommit, await stores.Deployments.Find(reading, $"dep_{unique}", Ct) is not null);
    }

    [Fact]
    public async Task A_call_begins_once_and_is_under_way_until_it_ends_or_is_too_old()
    {
        var call = new BegunCall(unique, Key, 3, true, Noon);
        await Write(async work => Assert.True(await stores.Experiences.TryBegin(work, call, Ct)));
        await Write(async work => Assert.False(await stores.Experiences.TryBegin(work, call with { Fence = 4 }, Ct)));
        await Write(work => stores.Experiences.TryBegin(work, call with { Id = unique + "r", Changes = false }, Ct));
        await using (var reading = await Begin())
        {
            Assert.True(await stores.Experiences.AnyUnderWay(reading, Key, 4, Noon.AddMinutes(-1), Ct));
            Assert.False(await stores.Experiences.AnyUnderWay(reading, Key, 3, Noon.AddMinutes(-1), Ct));      // its own fence
            Assert.False(await stores.Experiences.AnyUnderWay(reading, Key, 4, Noon.AddMinutes(1), Ct));       // too old to land
            Assert.False(await stores.Experiences.AnyUnderWay(reading, unique, 4, Noon.AddMinutes(-1), Ct));
        }

        await Write(work => stores.Experiences.End(work, unique, Ct));
        await using (var reading = await Begin())
        {
            Assert.False(await stores.Experiences.AnyUnderWay(reading, Key, 4, Noon.AddMinutes(-1), Ct));
        }

        await Write(async work => Assert.InRange(await stores.Experiences.Forget(work, Noon.AddSeconds(1), Ct), 2, 1000));
        await Write(async work => Assert.True(await stores.Experiences.TryBegin(work, call, Ct)));
    }

    [Fact]
    public async Task A_call_that_came_to_nothing_was_never_begun()
    {
        var call = new BegunCall(unique, Key, 3, true, Noon);
        await Write(work => stores.Experiences.TryBegin(work, call, Ct));
        await Write(work => stores.Experiences.TryBegin(work, call with { Id = unique + "r" }, Ct));
        await Write(work => stores.Experiences.Unbegin(work, [unique, "never begun"], Ct));
        await Write(async work => Assert.True(await stores.Experiences.TryBegin(work, call, Ct)));
        await Write(async work => Assert.False(await stores.Experiences.TryBegin(work, call with { Id = unique + "r" }, Ct)));
    }

    [Fact]
    public async Task Deployments_are_paged_from_the_newest_of_one_experience_or_of_all()
    {
        for (var n = 0; n < 5; n++)
        {
            await Write(work => stores.Deployments.Add(work, StoredDeployments.Deployment($"dep_{unique}{n}", "d", Noon, DeploymentStatus.Running, n == 2 ? "another" : unique), Ct));
        }

        await using var reading = await Begin();
        var first = await stores.Deployments.Page(reading, unique, null, 3, Ct);
        Assert.Equal([$"dep_{unique}4", $"dep_{unique}3", $"dep_{unique}1"], first.Select(found => found.Start.Id));
        Assert.Equal([$"dep_{unique}0"], (await stores.Deployments.Page(reading, unique, first[^1].Start.Id, 3, Ct)).Select(found => found.Start.Id));
        Assert.Contains($"dep_{unique}2", (await stores.Deployments.Page(reading, null, $"dep_{unique}3", 10, Ct)).Select(found => found.Start.Id));
        await stores.Deployments.Save(reading, first[0] with { BasedOn = 77 }, Ct);
        Assert.Equal(77, (await stores.Deployments.Find(reading, first[0].Start.Id, Ct))!.BasedOn);
    }

    [Fact]
    public async Task A_version_once_complete_never_changes_and_the_newest_comes_first()
    {
        await Write(async work =>
        {
            foreach (var (version, minute) in (IEnumerable<(string, int)>)[("1.0.0", 0), ("1.10.0", 2), ("1.9.0", 1)])
            {
                await stores.Releases.Add(work, StoredDeployments.Version(version, Noon.AddMinutes(minute), unique), Ct);
            }

            await stores.Releases.Add(work, StoredDeployments.Version("1.9.0", Noon, unique) with { BundleSha256 = "other" }, Ct);
        });
        await using var reading = await Begin();
        Assert.Equal(["1.10.0", "1.9.0"], (await stores.Releases.List(reading, unique, "production", 2, Ct)).Select(version => version.Version));
        Assert.Equal("b3", (await stores.Releases.Find(reading, unique, "production", "1.9.0", Ct))!.BundleSha256);
    }

    [Fact]
    public async Task The_first_upload_of_a_content_is_the_one_that_is_used_again()
    {
        await Write(work => stores.Releases.AddAsset(work, new("user_1", "Model", unique, 7, 1), Ct));
        await Write(work => stores.Releases.AddAsset(work, new("user_1", "Model", unique, 8, 1), Ct));
        await using var reading = await Begin();
        Assert.Equal(new CachedAsset("user_1", "Model", unique, 7, 1), await stores.Releases.FindAsset(reading, "user_1", "Model", unique, Ct));
        Assert.Null(await stores.Releases.FindAsset(reading, "user_2", "Model", unique, Ct));
        Assert.Null(await stores.Releases.FindAsset(reading, "user_1", "Image", unique, Ct));
    }

    [Fact]
    public async Task Content_is_used_by_versions_plans_and_what_has_not_ended_or_has_failed_lately()
    {
        await Write(async work =>
        {
            await stores.Releases.Add(work, StoredDeployments.Version("1.0.0", Noon, unique) with { BundleSha256 = $"{unique}-version" }, Ct);
            await stores.Deployments.AddPlan(work, StoredDeployments.Plan(unique, $"{unique}-plan", Noon), Ct);
            foreach (var status in Enum.GetValues<DeploymentStatus>())
            {
                await stores.Deployments.Add(work, StoredDeployments.Deployment($"dep_{unique}{status}", $"{unique}-{status}", Noon, status), Ct);
            }
        });
        await using var reading = await Begin();
        Assert.Contains($"{unique}-version", await stores.Releases.UsedContent(reading, Ct));
        async Task<IEnumerable<string>> Used(DateTimeOffset failedAfter) =>
            (await stores.Deployments.UsedContent(reading, failedAfter, Ct)).Where(sha256 => sha256.StartsWith(unique, StringComparison.Ordinal)).Select(sha256 => sha256[33..]).Order();
        Assert.Equal(["AwaitingApproval", "AwaitingDecision", "DeadLettered", "RollingBack", "Running", "plan"], await Used(Noon.AddDays(-1)), StringComparer.Ordinal);
        Assert.Equal(["AwaitingApproval", "AwaitingDecision", "RollingBack", "Running", "plan"], await Used(Noon.AddDays(1)), StringComparer.Ordinal);
    }

    private Task<IUnitOfWork> Begin() => database.Units.Begin(ProductDatabase.Demo, Ct);

    private async Task Write(Func<IUnitOfWork, Task> write)
    {
        await using var work = await Begin();
        await write(work);
        await work.Commit(Ct);
    }

    /// <summary>Field by field; the order of a map's entries is nobody's.</summary>
    private static void Same<T>(T expected, T? actual) => Assert.True(
        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(expected, ApiJson.Options), JsonSerializer.SerializeToNode(actual, ApiJson.Options)),
        JsonSerializer.Serialize(actual, ApiJson.Options));
}
