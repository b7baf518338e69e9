using System.Text;
using System.Text.Json;
using ToolboxAI.Local.Simulators.Roblox;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Tests.Local.Roblox;

/// <summary>The gateway on the simulator, both judged by the official description.</summary>
public sealed class OpenCloudTests(SimulatedRoblox roblox) : IClassFixture<SimulatedRoblox>
{
    private const string Key = SimulatedRoblox.Key;
    private static readonly RobloxOwner Owner = new(OwnerKind.User, 1001);
    private static readonly byte[] File = Encoding.UTF8.GetBytes("""<roblox version="4"></roblox>""");
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_request_and_every_answer_is_as_the_official_description_says()
    {
        var official = OfficialDescription.Read();
        await using var own = new SimulatedRoblox();
        await own.InitializeAsync();
        var gateway = own.Gateway;

        var operation = (await gateway.CreateAsset(Key, Asset("Model", "Sword"), File, Ct)).Value;
        Assert.False((await gateway.ReadOperation(Key, operation.Id, Ct)).Value.Done);
        await own.AdvanceAsync(TimeSpan.FromSeconds(5), Ct);
        var model = (await gateway.ReadOperation(Key, operation.Id, Ct)).Value.Asset!;
        Assert.Equal(new AssetReading(model.AssetId, 1, Moderation.Approved), model);
        await gateway.UpdateAsset(Key, model.AssetId, Asset("Model", "Sword"), File, Ct);
        await own.AdvanceAsync(TimeSpan.FromSeconds(5), Ct);
        Assert.Equal(2, (await gateway.ReadAsset(Key, model.AssetId, Ct)).Value.Revision);
        Assert.Equal(3, (await gateway.RollBackAsset(Key, model.AssetId, 1, Ct)).Value);
        await gateway.CreateAsset(Key, Asset("Audio", "Song (costs 10)") with { ExpectedPrice = 10 }, File, Ct);
        Assert.Equal(1, Assert.Single((await gateway.ReadQuotas(Key, 1001, Ct)).Value).Usage);
        Assert.Equal([17], (await gateway.GrantAssets(Key, 2003, [model.AssetId, 17], Ct)).Value);

        Assert.Equal(new RobloxOwner(OwnerKind.User, 1001), (await gateway.ReadUniverse(Key, 2003, Ct)).Value);
        Assert.Equal(new RobloxOwner(OwnerKind.Group, 7), (await gateway.ReadUniverse(Key, 2103, Ct)).Value);

        var place = new PlaceRef(2003, 3021);
        Assert.Equal(2, (await gateway.PublishPlace(Key, place, File, Ct)).Value);
        Assert.Equal([2, 1], (await gateway.ReadHistory(Key, place, Ct)).Value.Select(version => version.Version));
        Assert.Equal(60, (await gateway.ForecastRestart(Key, 2003, Ct)).Value.Single(forecast => forecast.PlaceId == 3021).Players);
        Assert.Equal(3, (await gateway.ReadServers(Key, place, 1, Ct)).Value.Count);
        var restart = (await gateway.RestartServers(Key, 2003, [3021], Ct)).Value;
        Assert.Equal(3, restart.Servers);
        Assert.False((await gateway.HasRestarted(Key, 2003, restart.Id, Ct)).Value);
        await own.AdvanceAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.True((await gateway.HasRestarted(Key, 2003, restart.Id, Ct)).Value);
        var server = (await gateway.ReadServers(Key, place, 2, Ct)).Value[0];
        Assert.Empty((await gateway.ReadLogs(Key, place, 2, server.JobId, Ct)).Value);

        var task = (await gateway.RunLuau(Key, place, 2, "return 1", TimeSpan.FromMinutes(1), Ct)).Value;
        Assert.Equal((2, 2), (task.Version, (await gateway.RunLuau(Key, place, null, "return 1", TimeSpan.FromMinutes(1), Ct)).Value.Version));
        await own.AdvanceAsync(TimeSpan.FromSeconds(5), Ct);
        Assert.Equal(LuauTaskState.Complete, (await gateway.ReadLuau(Key, task.Path, Ct)).Value.State);
        Assert.Null((await gateway.ReadEntry(Key, 2003, "toolbox", "config", Ct)).Value);
        await gateway.WriteEntry(Key, 2003, "toolbox", "config", """{"a":1}""", Ct);
        Assert.Equal("""{"a":1}""", (await gateway.ReadEntry(Key, 2003, "toolbox", "config", Ct)).Value);

        var wrong = own.Said.Exchanges.SelectMany(said =>
            (said.Request is { ValueKind: JsonValueKind.Object } request ? official.JudgeRequest(said.Method, said.Path, request) : [])
            .Concat(said.Answer is { ValueKind: not JsonValueKind.Null } answer ? official.JudgeAnswer(said.Method, said.Path, said.Status, answer) : [])).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct()));
        Assert.Equal(RobloxSimulator.Endpoints.Order(), own.Said.Exchanges.Select(said => official.NameOf(said.Method, said.Path)).Distinct().Order());
    }

    [Theory]
    [InlineData("""{"path":"operations/1","done":"yes"}""", "done is String, not boolean")]
    [InlineData("""{"path":"operations/1","colour":"red"}""", "colour is not described")]
    [InlineData("""{"response":{"state":"Gone"}}""", "state is \"Gone\", which is none of the allowed")]
    public void The_judge_sees_what_is_wrong(string answer, string complaint)
    {
        using var body = JsonDocument.Parse(answer);

        var wrong = OfficialDescription.Read().JudgeAnswer("GET", "/assets/v1/operations/1", 200, body.RootElement);

        Assert.Contains(wrong, w => w.EndsWith(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bad_key_is_refused_by_the_gateway_in_front_and_counts_as_transient()
    {
        var refused = await Assert.ThrowsAsync<RobloxException>(() => roblox.Gateway.ReadAsset("wrong", 1, Ct));

        Assert.Equal((401, GatewayFailure.Transient), (refused.Status, refused.Failure));
        Assert.DoesNotContain("wrong", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_can_never_work_is_permanent()
    {
        var bad = await Assert.ThrowsAsync<RobloxException>(() => roblox.Gateway.PublishPlace(Key, new(2001, 3001), "no place"u8.ToArray(), Ct));
        var missing = await Assert.ThrowsAsync<RobloxException>(() => roblox.Gateway.ReadAsset(Key, 1, Ct));
        var foreign = await Assert.ThrowsAsync<RobloxException>(() => roblox.Gateway.PublishPlace(Key, new(2102, 3111), File, Ct));
        var dear = await Assert.ThrowsAsync<RobloxException>(() => roblox.Gateway.CreateAsset(Key, Asset("Model", "Hat (costs 5)"), File, Ct));

        Assert.All([bad, missing, foreign, dear], error => Assert.Equal(GatewayFailure.Permanent, error.Failure));
        Assert.Equal((400, 404, 403, 400), (bad.Status, missing.Status, foreign.Status, dear.Status));
    }

    [Fact]
    public async Task A_lost_answer_to_a_change_is_unclear_and_the_change_was_made()
    {
        await roblox.FaultAsync(new { service = "roblox", request = "POST /universes/v1/*/places/*/versions", fault = "lost-answer" }, Ct);

        var lost = await Assert.ThrowsAsync<RobloxException>(() => roblox.Gateway.PublishPlace(Key, new(2001, 3002), File, Ct));

        Assert.Equal(GatewayFailure.Unclear, lost.Failure);
        Assert.Equal(2, (await roblox.Gateway.ReadHistory(Key, new(2001, 3002), Ct)).Value[0].Version);
    }

    [Theory]
    [InlineData(500, true, GatewayFailure.Unclear)]
    [InlineData(503, true, GatewayFailure.Transient)]
    [InlineData(429, true, GatewayFailure.Transient)]
    [InlineData(500, false, GatewayFailure.Transient)]
    public async Task A_failure_of_Roblox_is_unclear_only_where_it_may_have_changed_something(int status, bool changes, GatewayFailure failure)
    {
        await using var own = new SimulatedRoblox();
        await own.InitializeAsync();
        await own.FaultAsync(new { service = "roblox", fault = "status", value = status }, Ct);

        var error = await Assert.ThrowsAsync<RobloxException>(() => changes
            ? own.Gateway.PublishPlace(Key, new(2001, 3001), File, Ct)
            : own.Gateway.ReadHistory(Key, new(2001, 3001), Ct));

        Assert.Equal(failure, error.Failure);
    }

    [Fact]
    public async Task The_limit_is_one_for_all_keys_of_an_owner_and_says_so_in_headers()
    {
        await using var own = new SimulatedRoblox();
        await own.InitializeAsync();
        var place = new PlaceRef(2003, 3021);
        var replies = new List<RateReading>();
        for (var n = 0; n < 5; n++)
        {
            replies.Add((await own.Gateway.RunLuau(Key + (n % 2 == 0 ? "" : "_second"), place, 1, "return 1", TimeSpan.FromMinutes(1), Ct)).Rate);
        }

        var refused = await Assert.ThrowsAsync<RobloxException>(() => own.Gateway.RunLuau(Key, place, 1, "return 1", TimeSpan.FromMinutes(1), Ct));

        Assert.True(refused.IsThrottled && refused.Rate.Throttled);
        Assert.Equal((5, 0), (replies[^1].Limit, replies[^1].Remaining));
        Assert.InRange(refused.Rate.RetryAfterSeconds ?? 0, 1, 60);
        await own.AdvanceAsync(TimeSpan.FromSeconds(61), Ct);
        await own.Gateway.RunLuau(Key, place, 1, "return 1", TimeSpan.FromMinutes(1), Ct);
        var window = (await own.ExperienceAsync(2003, Ct)).GetProperty("windows").EnumerateArray().Single(w => w.GetProperty("endpoint").GetString()!.Contains("luau", StringComparison.Ordinal));
        Assert.Equal((6, 1), (window.GetProperty("most").GetInt32(), window.GetProperty("refused").GetInt32()));
    }

    [Theory]
    [InlineData("Hat (rejected)", Moderation.Rejected)]
    [InlineData("Hat (review)", Moderation.Reviewing)]
    public async Task Moderation_goes_by_the_asset_s_name(string name, Moderation expected)
    {
        await using var own = new SimulatedRoblox();
        await own.InitializeAsync();
        var operation = (await own.Gateway.CreateAsset(Key, Asset("Image", name), File, Ct)).Value;
        await own.AdvanceAsync(TimeSpan.FromSeconds(5), Ct);

        Assert.Equal(expected, (await own.Gateway.ReadOperation(Key, operation.Id, Ct)).Value.Asset!.Moderation);
    }

    [Fact]
    public async Task Servers_of_a_bad_version_report_errors_lost_frames_and_players_that_leave()
    {
        await using var own = new SimulatedRoblox();
        await own.InitializeAsync();
        var place = new PlaceRef(2003, 3021);
        var version = (await own.Gateway.PublishPlace(Key, place, Encoding.UTF8.GetBytes("<roblox version=\"4\"><!-- simulate: crash --></roblox>"), Ct)).Value;
        await own.Gateway.RestartServers(Key, 2003, [3021], Ct);
        await own.AdvanceAsync(TimeSpan.FromMinutes(1), Ct);

        var servers = (await own.Gateway.ReadServers(Key, place, version, Ct)).Value;
        var logs = (await own.Gateway.ReadLogs(Key, place, version, servers[0].JobId, Ct)).Value;

        Assert.Equal(3, servers.Count);
        Assert.All(servers, server => Assert.True(server.FrameRate < 20 && server.Players < 15));
        Assert.Contains(logs, line => line.IsError);
    }

    private static NewAsset Asset(string type, string name) => new(type, name, "", Owner, 0, "model/x-rbxm");
}
