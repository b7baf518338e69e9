using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Deployments;

/// <summary>Uploads that cost Robux: refused, paid once, and in doubt.</summary>
[Collection("deployment application")]
public sealed class PaidUploadTests(DeploymentApplication application)
{
    private const string Deployments = "/api/v1/deployments";
    private const string Dear = "Wave (costs 10)";
    private const string Uploads = "POST /assets/v1/assets";

    [Fact]
    public async Task An_upload_is_paid_once_and_one_in_doubt_waits_for_a_person_who_has_it_paid_again_or_names_it_or_says_no()
    {
        var studio = await application.Studio("paid");
        var refused = await application.UntilStatus(await application.Deploy(studio.Release(1, name: Dear, price: 5, straight: true)), "deadLettered");
        Assert.Contains("costs 10 Robux, more than expected", (string?)refused["reason"], StringComparison.Ordinal);

        // What Roblox refused was not begun: with the right price it is uploaded, and nobody is asked.
        var first = studio.Release(1, name: Dear, price: 10, straight: true);
        var plan = await application.Plan(first);
        Assert.Equal(10, (int)plan["cost"]!["robux"]!);
        Assert.Contains("Up to 10 Robux for uploads are spent.", plan["cannotBeUndone"]!.AsArray().Select(line => (string?)line));
        await application.UntilStatus(await Start(plan), "succeeded");
        Assert.Single(await Bought(studio, first));

        // The same file under another manifest is there already.
        var cached = await application.Plan(studio.Release(2, name: Dear, price: 10, straight: true).With("assets/wave.rbxmx", first));
        Assert.Equal((0, "unchanged"), ((int)cached["cost"]!["robux"]!, (string?)cached["changes"]!.AsArray().Single(change => (string?)change!["name"] == "wave")!["action"]));

        // An answer is lost. Once more, says a person, and that answer is lost as well; it is this one, says a person.
        var second = studio.Release(2, name: Dear, price: 10, straight: true);
        await application.Fault(Uploads, "lost-answer", times: 2);
        var id = await application.Deploy(second);
        Assert.Equal("[\"wave\"]", (await application.UntilStatus(id, "awaitingDecision"))["awaitingDecision"]!.ToJsonString());
        Assert.Single(await Bought(studio, second));
        await application.Refused(HttpMethod.Post, $"{Deployments}/{id}/approve", null, 409, "not_awaited", DeploymentApplication.Approver);
        await Decide(id, new { asset = "wave" });
        await application.UntilTimeline(id, "Decided: wave is uploaded again.");
        await application.UntilStatus(id, "awaitingDecision");
        Assert.Equal(2, (await Bought(studio, second)).Count);
        await Decide(id, new { asset = "wave", assetId = (long)(await Bought(studio, second))[^1]["assetId"]! });
        await application.UntilStatus(id, "succeeded");
        Assert.Equal(2, (await Bought(studio, second)).Count);
        Assert.Empty(studio.Differences(await application.Players(studio.Production), second));

        // No, says a person: production stays whole on what it was.
        var unwanted = studio.Release(3, name: Dear, price: 10, straight: true);
        await application.Fault(Uploads, "lost-answer");
        id = await application.Deploy(unwanted);
        await application.UntilStatus(id, "awaitingDecision");
        await application.Call(HttpMethod.Post, $"{Deployments}/{id}/reject", key: DeploymentApplication.Approver);
        Assert.Equal("Somebody said no.", (string?)(await application.UntilStatus(id, "rejected"))["reason"]);
        var live = await application.Live("paid");
        Assert.Equal(((string?)live["versions"]![0]!["version"], null, null), ((string?)live["version"], (string?)live["movingTo"], (string?)live["deployment"]));
        Assert.Equal(("key_development_demo", "c2"), ((string?)live["versions"]![0]!["provenance"]!["createdBy"], (string?)live["versions"]![0]!["provenance"]!["commit"]));
        Assert.Equal("1.0.1", (string?)live["versions"]![0]!["artefacts"]!["asset/wave"]);
        Assert.Single(await Bought(studio, unwanted));
        Assert.Empty(studio.Differences(await application.Players(studio.Production), second));
    }

    private async Task<string> Start(JsonNode plan) =>
        (string)(await application.Call(HttpMethod.Post, Deployments, new { planHash = (string?)plan["planHash"] }))!["id"]!;

    private Task Decide(string id, object word) => application.Call(HttpMethod.Post, $"{Deployments}/{id}/uploads", word, DeploymentApplication.Approver);

    /// <summary>The paid assets with a release's content.</summary>
    private async Task<List<JsonNode>> Bought(TestStudio studio, TestRelease release) =>
    [
        .. (await application.Players(studio.Production))["assets"]!.AsArray().Select(asset => asset!).Where(asset =>
            (long)asset["price"]! > 0 && (string?)asset["versions"]![0]!["sha256"] == TestRelease.Hash(release.Files["assets/wave.rbxmx"])),
    ];
}
