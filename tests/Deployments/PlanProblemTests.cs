using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Deployments;

/// <summary>What Roblox refuses is said at the plan, and before production moves, not in the middle of a deployment.</summary>
[Collection("deployment application")]
public sealed class PlanProblemTests(DeploymentApplication application)
{
    private const string Deployments = "/api/v1/deployments";

    [Fact]
    public async Task A_manifest_whose_owner_is_not_the_universes_is_refused_at_the_plan_and_its_owner_s_limits_are_left_alone()
    {
        var studio = await application.Studio("stranger");
        var release = studio.Release(1);
        var before = await Windows(studio);
        var plan = await application.Plan(release with { Manifest = release.Manifest.Replace("owner: { user: 1001 }", "owner: { group: 7 }", StringComparison.Ordinal) });
        Assert.Equal(
            [Invariant($"staging: universe {studio.Staging} is user 1001's, and the manifest's owner is group 7. Name its owner, whose limits count, or another universe.")],
            Blocked(plan));
        await application.Refused(HttpMethod.Post, Deployments, new { planHash = (string?)plan["planHash"] }, 422, "plan_blocked");
        Assert.Equal(before + 1, await Windows(studio));                  // the look at the universe, by the tenant's own key

        var missing = release with { Manifest = release.Manifest.Replace(Invariant($"universe: {studio.Production}"), "universe: 499999", StringComparison.Ordinal) };
        Assert.StartsWith("production: universe 499999 can't be read. Roblox answered 404", Assert.Single(Blocked(await application.Plan(missing))), StringComparison.Ordinal);
        Assert.Empty(Blocked(await application.Plan(release)));
    }

    [Theory, InlineData(403), InlineData(404)]
    public async Task A_place_whose_history_is_refused_is_named_and_the_others_are_known(int status)
    {
        var studio = await application.Studio(Invariant($"history-{status}"));
        var arena = studio.Production + 2;
        await application.Fault(Invariant($"GET /place-version-history-api/v1/{arena}/history"), "status", value: status);
        var plan = await application.Plan(studio.Release(1));
        Assert.StartsWith(
            Invariant($"arena: the version history of place {arena} can't be read, without which it is not published. Roblox answered {status}"),
            Assert.Single(Blocked(plan)),
            StringComparison.Ordinal);
        Assert.NotEmpty(plan["restart"]!.AsArray());
        Assert.Empty(Blocked(await application.Plan(studio.Release(1))));
    }

    [Fact]
    public async Task A_right_that_is_lost_after_the_plan_stops_the_deployment_before_production_moves()
    {
        var studio = await application.Studio("lost-right", approval: "required");
        var id = await application.Deploy(studio.Release(1));
        await application.UntilStatus(id, "awaitingApproval");
        await application.Fault(Invariant($"GET /place-version-history-api/v1/{studio.Production + 1}/history"), "status", value: 403);
        await application.Call(HttpMethod.Post, $"{Deployments}/{id}/approve", key: DeploymentApplication.Approver);
        var stopped = await application.UntilStatus(id, "deadLettered");
        Assert.StartsWith("lobby: the version history of place", (string?)stopped["reason"], StringComparison.Ordinal);
        Assert.Equal("baseline", (string?)stopped["stage"]);
        Assert.Null((string?)(await application.Live("lost-right"))["movingTo"]);

        await application.Call(HttpMethod.Post, $"{Deployments}/{id}/retry");
        await application.UntilStatus(id, "succeeded");
    }

    private static string[] Blocked(JsonNode plan) => [.. plan["blocked"]!.AsArray().Select(line => (string)line!)];

    /// <summary>How many calls the owner of the universes made in all.</summary>
    private async Task<long> Windows(TestStudio studio) => (await application.Players(studio.Production))["windows"]!.AsArray().Sum(window => (long)window!["total"]!);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
