using System.Collections.Immutable;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Tests.Deployments;

/// <summary>What a deployment decides, without anything that it is carried out by.</summary>
public sealed class DeploymentRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ReleasePolicy Policy = new(NeedsApproval: true, ApprovalHours: 24, WatchMinutes: 10, MaxErrorsPerServerMinute: 0.5, MaxPlayerDropPercent: 40);

    [Fact]
    public void Servers_restart_in_waves_that_double_from_where_fewest_play()
    {
        var baseline = new Dictionary<string, HealthSample> { ["full"] = new(9, 90, 0), ["some"] = new(2, 20, 0), ["quiet"] = new(1, 1, 0), ["busy"] = new(5, 50, 0) };
        var (waves, restarted) = (new List<string>(), ImmutableSortedSet<string>.Empty);
        while (WaveRules.Next(baseline.Keys.Append("empty"), restarted, baseline, allAtOnce: false) is { Count: > 0 } wave)
        {
            waves.Add(string.Join(' ', wave));
            restarted = restarted.Union(wave);
        }

        Assert.Equal(["empty", "quiet some", "busy full"], waves);
        Assert.Equal(4, WaveRules.Next(baseline.Keys, [], baseline, allAtOnce: true).Count);
    }

    [Theory]
    [InlineData(10, 0.5, 10, 0.2, true)]         // as many players as before, errors within the limit
    [InlineData(10, 2.0, 10, 2.5, true)]         // errors count beside those before
    [InlineData(10, 2.0, 10, 2.6, false)]
    [InlineData(10, 0.0, 6, 0.0, true)]          // forty of a hundred may leave
    [InlineData(10, 0.0, 5, 0.0, false)]
    [InlineData(4, 0.0, 0, 0.0, true)]           // too few to say anything
    public void Health_is_judged_by_what_it_was(int playersBefore, double errorsBefore, int players, double errors, bool isWell) =>
        Assert.Equal(isWell, HealthRules.Verdict(Policy, "lobby", new(2, playersBefore, errorsBefore), new(2, players, errors)) is null);

    [Theory]
    [InlineData(null, null)]
    [InlineData("[]", null)]
    [InlineData("[true]", null)]
    [InlineData("""[{"failures":[]}]""", null)]
    [InlineData("[false]", "the test returned false.")]
    [InlineData("""[{"failures":["no door"]}]""", "the test failed: no door")]
    public void A_test_says_by_what_it_returns_whether_it_passed(string? results, string? failure) => Assert.Equal(failure, TestRules.Failure(results));

    [Theory]
    [InlineData(0, 3L, 3L, LostAnswer.NotMade)]
    [InlineData(10, 3L, 3L, LostAnswer.NotMade)]
    [InlineData(0, 3L, 4L, LostAnswer.RepeatFree)]
    [InlineData(10, 3L, 4L, LostAnswer.AskPerson)]
    [InlineData(0, null, null, LostAnswer.RepeatFree)]
    [InlineData(10, null, null, LostAnswer.AskPerson)]
    [InlineData(10, 3L, null, LostAnswer.AskPerson)]
    public void A_quota_tells_that_nothing_was_uploaded_and_otherwise_what_costs_is_a_person_s(long price, long? before, long? after, LostAnswer expected)
    {
        static IReadOnlyList<QuotaReading>? Read(long? usage) => usage is { } used ? [new("AUDIO", used, 100, Noon.AddDays(9))] : null;

        Assert.Equal(expected, LostAnswerRules.OfUpload(price, "Audio", Read(before), Read(after)));
    }

    [Fact]
    public void A_place_s_history_tells_which_version_is_ours()
    {
        var owner = new RobloxOwner(OwnerKind.User, 1001);
        static PlaceVersionReading Version(long number, long by = 1001, bool published = true) => new(number, published, Noon, by);

        Assert.Equal(8, LostAnswerRules.OfPublication(7, owner, [Version(8), Version(7)]).Ours);
        Assert.Equal(8, LostAnswerRules.OfPublication(7, new(OwnerKind.Group, 5), [Version(8, by: 77)]).Ours);
        foreach (var (history, orphans) in new (PlaceVersionReading[], long[])[]
        {
            ([Version(7)], []),                                        // it never arrived
            ([Version(8, by: 77)], [8]),                               // somebody else's
            ([Version(8, published: false)], [8]),                     // saved, not published
            ([Version(9), Version(8)], [8, 9]),                        // one of them is ours, and nobody knows which
        })
        {
            var (ours, found) = LostAnswerRules.OfPublication(7, owner, history);
            Assert.Null(ours);
            Assert.Equal(orphans, found);
        }
    }

    [Fact]
    public void Who_does_not_decide_in_time_loses_nothing()
    {
        var start = StoredDeployments.Deployment("dep_1", "b1", Noon, DeploymentStatus.Running).Start;
        var asking = DeploymentRules.Uploaded(new() { Stage = DeploymentStage.Upload }, [("theme", new(null, null, false, NeedsDecision: true), [])], Noon);
        Assert.Equal((DeploymentStatus.AwaitingDecision, Noon.AddDays(7)), (asking.Status, asking.Until));

        var late = DeploymentRules.TimedOut(start, asking, Noon.AddDays(7));
        Assert.Equal((DeploymentStatus.DeadLettered, DeploymentStage.Upload), (late.Status, late.Stage));
        Assert.Equal(DeploymentStatus.Rejected, DeploymentRules.On(asking, new(DeploymentSignalKind.Reject, "ann"), Noon).Status);
        Assert.Equal(asking, DeploymentRules.On(asking, new(DeploymentSignalKind.Approve, "ann"), Noon));
    }

    [Fact]
    public void What_a_person_has_not_decided_is_asked_again_when_it_is_tried_again()
    {
        var stored = StoredDeployments.Deployment("dep_1", "b1", Noon, DeploymentStatus.Running).Start;
        var theme = new ReleaseAsset(new("theme", "Audio", "theme.ogg", "Theme", "", 10, false, []), "b2", AssetAction.Create, null, null);
        var start = stored with { Release = stored.Release! with { Assets = [theme] } };
        var asking = DeploymentRules.Uploaded(new() { Stage = DeploymentStage.Upload }, [("theme", new(null, null, false, NeedsDecision: true), [])], Noon);
        var late = DeploymentRules.TimedOut(start, asking, Noon.AddDays(7));
        var repeat = new DeploymentSignal(DeploymentSignalKind.RepeatUpload, "ann", "theme");
        Assert.False(DeploymentRules.Awaits(late, repeat));
        Assert.Equal(late, DeploymentRules.On(late, repeat, Noon.AddDays(7)));

        var again = DeploymentRules.Retried(start, late, Noon.AddDays(8));
        Assert.Equal((DeploymentStatus.AwaitingDecision, Noon.AddDays(15)), (again.Status, again.Until));
        Assert.Equal(new DeploymentStep.Wait(Noon.AddDays(15)), DeploymentRules.Next(start, again));
        var decided = DeploymentRules.On(again, repeat, Noon.AddDays(9));
        Assert.Equal(["theme"], Assert.IsType<DeploymentStep.Upload>(DeploymentRules.Next(start, decided)).Assets);

        // A state without a time to wait until, such as a retry left once: the wait is over at once, and the next retry asks.
        var left = Assert.IsType<DeploymentStep.Wait>(DeploymentRules.Next(start, again with { Status = DeploymentStatus.Running, Until = null }));
        Assert.True(left.Until < Noon);
    }

    [Fact]
    public void A_run_that_ended_while_a_person_was_asked_or_health_was_watched_asks_and_watches_anew_when_it_is_tried_again()
    {
        var stored = StoredDeployments.Deployment("dep_1", "b1", Noon, DeploymentStatus.Running).Start;
        var policy = stored.Release!.Policy with { NeedsApproval = true, ApprovalHours = 8, WatchMinutes = 5 };
        var start = stored with { Release = stored.Release with { Policy = policy, Staging = stored.Release.Target } };
        var asking = new DeploymentState { Stage = DeploymentStage.Approve, Status = DeploymentStatus.AwaitingApproval, Until = Noon };
        var asked = DeploymentRules.Retried(start, DeploymentRules.DeadLettered(asking, Noon, "The database was away."), Noon.AddDays(1));
        Assert.Equal((DeploymentStatus.AwaitingApproval, Noon.AddDays(1).AddHours(8), null), (asked.Status, asked.Until, asked.Reason));
        Assert.IsType<DeploymentStep.Wait>(DeploymentRules.Next(start, asked));

        var watching = new DeploymentState { Stage = DeploymentStage.Watch, Until = Noon };
        var watched = DeploymentRules.Retried(start, DeploymentRules.DeadLettered(watching, Noon, "The database was away."), Noon.AddDays(1));
        Assert.Equal((DeploymentStatus.Running, Noon.AddDays(1).AddMinutes(5)), (watched.Status, watched.Until));
        Assert.IsType<DeploymentStep.Watch>(DeploymentRules.Next(start, watched));
    }

    [Fact]
    public void An_artefact_s_version_grows_when_its_content_does_and_the_release_s_by_what_comes_and_goes()
    {
        var before = StoredDeployments.Version("1.2.0", Noon);
        var state = StoredDeployments.Deployment("dep_1", "b1", Noon, DeploymentStatus.Running).State;
        var version = VersionRules.Completed("dep_1", StoredDeployments.Release("b9"), state, before, Noon);

        Assert.Equal(("1.0.1", "1.0.1"), (before.Artefacts["place/lobby"], version.Artefacts["place/lobby"]));       // the same bytes
        Assert.Equal(("1.0.0", "1.0.1"), (before.Artefacts["asset/chest"], version.Artefacts["asset/chest"]));
        Assert.Equal(("4f2a91c", "1.0.0"), (version.Provenance.Commit, version.Provenance.Tools["toolbox"]));

        var last = SemanticVersion.Parse("1.4.2");
        Assert.Equal("2.0.0 1.5.0 1.4.3 1.0.0", string.Join(' ', VersionRules.Next(last, removes: true, adds: true), VersionRules.Next(last, false, adds: true), VersionRules.Next(last, false, false), VersionRules.Next(null, true, true)));
    }
}
