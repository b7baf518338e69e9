using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Deployments;

/// <summary>What Roblox refuses is said at the plan, and before production moves, not in the middle of a deployment.</summary>
[Collection("deployment application")]
public sealed class PlanProblemTests(DeploymentApplication application)
{
    private const string Deployments = "/api/v1/deployments";

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

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
