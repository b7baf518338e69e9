using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ToolboxAI.Tests.Deployments;

/// <summary>Roblox fails again and again: nothing is called for a while, then one call tries, and all goes on when it works.</summary>
[Collection("deployment application")]
public sealed partial class PausedCallsTests(DeploymentApplication application)
{
    private const int Failures = 5;

    [Fact]
    public async Task After_five_failures_nothing_of_the_owner_is_called_then_one_call_tries_and_what_works_ends_the_pause()
    {
        var studio = await application.Studio("paused");
        var neighbour = await application.Studio("neighbour");
        var release = neighbour.Release(1);
        await application.Plan(release);                                  // its files are there
        await application.Fault($"POST /universes/v1/{studio.Staging}/places/*/versions", "status", times: 1000, value: 503);
        var id = await application.Deploy(studio.Release(1));
        var paused = await Until(id, deployment => deployment["pausedUntil"] is not null, "PT1S");
        Assert.Equal(("running", "publishStaging"), ((string?)paused["status"], (string?)paused["stage"]));
        await Until(id, _ => Failed() is >= Failures and <= Failures + 1, "PT0S");            // two places: one call may have been on its way

        // The pause is the owner's: a plan says at once what it knows, and another experience's run waits as well.
        var (failed, until) = (Failed(), Time(paused));
        var plan = await application.Call(HttpMethod.Post, "/api/v1/deployments/plan", release.PlanRequest("production"));
        Assert.Null(plan!["restart"]);
        var calls = await Calls(studio);
        var beside = (string)(await application.Call(HttpMethod.Post, "/api/v1/deployments", new { planHash = (string?)plan["planHash"] }))!["id"]!;
        var waiting = await Until(beside, deployment => (string?)deployment["stage"] == "upload", "PT1S");
        Assert.Equal(until, Time(waiting));
        await application.Advance("PT10S");
        Assert.Equal((failed, calls), (Failed(), await Calls(studio)));
        Assert.Equal(until, Time(await application.Deployment(id)));

        // Its end: one call of all that wait, which fails; the next pause is twice as long.
        await application.Fault("", "status", times: 1000, value: 503);
        await Until(id, deployment => deployment["pausedUntil"] is not null && Time(deployment) > until.AddSeconds(45), "PT5S");
        Assert.Equal((failed + 1, calls), (Failed(), await Calls(studio)));

        await application.Call(HttpMethod.Delete, "/local/faults");
        var done = await application.UntilStatus(id, "succeeded");
        Assert.Null(done["pausedUntil"]);
        await application.UntilStatus(beside, "succeeded");
        Assert.Empty(studio.Differences(await application.Players(studio.Production), studio.Release(1)));
        Assert.Contains("for user_1001: nothing is called before", application.Application.Process.Output, StringComparison.Ordinal);
    }

    /// <summary>How many calls failed, by the log.</summary>
    private int Failed() => Failure().Count(application.Application.Process.Output);

    /// <summary>How many calls the owner made that Roblox answered by itself.</summary>
    private async Task<long> Calls(TestStudio studio) => (await application.Players(studio.Production))["windows"]!.AsArray().Sum(window => (long)window!["total"]!);

    private static DateTimeOffset Time(JsonNode deployment) => DateTimeOffset.Parse((string)deployment["pausedUntil"]!, CultureInfo.InvariantCulture);

    private async Task<JsonNode> Until(string id, Func<JsonNode, bool> holds, string step)
    {
        JsonNode? deployment = null;
        await DeploymentApplication.Until(
            async () =>
            {
                deployment = await application.Deployment(id);
                if (holds(deployment))
                {
                    return true;
                }

                await application.Advance(step);
                return false;
            },
            TimeSpan.FromMinutes(2),
            () => $"{Failed()} calls failed, and {id} is {deployment}");
        return deployment!;
    }

    [GeneratedRegex("A call to Roblox for [a-z]+/production failed with status 503", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Failure();
}
