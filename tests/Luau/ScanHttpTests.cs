using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ToolboxAI.Shared.Roblox.Files;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Luau;

/// <summary><c>POST /api/v1/scripts/scan</c> on the running application.</summary>
public sealed class ScanHttpTests
{
    private const string Path = "/api/v1/scripts/scan";
    private const string Demo = "tbx_local_development_key";
    private const string Operator = "tbx_local_operator_key";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_source_is_scanned_and_its_findings_say_where_why_and_what_to_do()
    {
        var answer = await Json(await Send(new { source = "local f = loadstring\nf(text)()", path = "Door" }));

        Assert.Equal("refuse", answer.GetProperty("verdict").GetString());
        var script = answer.GetProperty("scripts")[0];
        Assert.Equal("Door", script.GetProperty("path").GetString());
        var finding = script.GetProperty("findings")[0];
        Assert.Equal(("remote-code-loadstring", "error", "CWE-94"), (finding.GetProperty("rule").GetString(), finding.GetProperty("severity").GetString(), finding.GetProperty("cwe").GetString()));
        Assert.Equal(2, finding.GetProperty("location").GetProperty("line").GetInt32());
        Assert.True(finding.GetProperty("trace").GetArrayLength() > 0);
        Assert.NotEmpty(finding.GetProperty("mend").GetString()!);
        Assert.Contains("LoadString", script.GetProperty("capabilities").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(2, script.GetProperty("metrics").GetProperty("lines").GetInt32());
    }

    [Fact]
    public async Task Allowed_hosts_a_baseline_and_a_suppression_change_the_verdict()
    {
        const string Source = "game:GetService('HttpService'):GetAsync('https://files.class.example/x')";
        var first = await Json(await Send(new { source = Source }));
        Assert.Equal("refuse", first.GetProperty("verdict").GetString());
        var fingerprint = first.GetProperty("scripts")[0].GetProperty("findings")[0].GetProperty("fingerprint").GetString();

        Assert.Equal("clean", (await Json(await Send(new { source = Source, baseline = new[] { fingerprint } }))).GetProperty("verdict").GetString());
        Assert.Equal("clean", (await Json(await Send(new { source = Source, allowedHosts = new[] { "files.class.example" } }))).GetProperty("verdict").GetString());
        Assert.Equal("clean", (await Json(await Send(new { source = "-- toolbox:ignore remote-code-foreign-host until 2999-12-31: the school's own server\n" + Source }))).GetProperty("verdict").GetString());
        Assert.Equal("refuse", (await Json(await Send(new { source = "-- toolbox:ignore remote-code-foreign-host until 2020-12-31: long ago\n" + Source }))).GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task A_wider_version_is_told_and_where()
    {
        var answer = await Json(await Send(new { source = "print(1)\nlocal p = Instance.new('Part')", earlier = "print(1)" }));

        var widened = Assert.Single(answer.GetProperty("scripts")[0].GetProperty("widened").EnumerateArray());
        Assert.Equal(("CreateInstances", 2), (widened.GetProperty("capability").GetString(), widened.GetProperty("location").GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task A_wider_file_is_told_script_by_script()
    {
        var before = DocumentWriter.WriteBinary([Script("Script", "Door", "print(1)"), Script("Script", "Same", "loadstring(x)()")]);
        var after = DocumentWriter.WriteXml([Script("Script", "Door", "print(1)\nloadstring(x)()"), Script("Script", "Same", "loadstring(x)()"), Script("Script", "New", "Instance.new('Part')")]);

        var answer = await Json(await Send(new { file = after, earlierFile = before }));

        var widened = answer.GetProperty("scripts").EnumerateArray().ToDictionary(
            script => script.GetProperty("path").GetString()!,
            script => string.Join(',', script.GetProperty("widened").EnumerateArray().Select(item => $"{item.GetProperty("capability").GetString()} in line {item.GetProperty("location").GetProperty("line").GetInt32()}")));
        Assert.Equal(("LoadString in line 2", "", "CreateInstances in line 1"), (widened["Door"], widened["Same"], widened["New"]));
    }

    [Fact]
    public async Task Who_may_not_scan_is_refused() =>
        await Refused(await Send(new { source = "x()" }, key: Operator), HttpStatusCode.Forbidden, "scope_missing");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_model_is_scanned_script_by_script_and_what_one_requires_of_another_is_followed(bool isBinary)
    {
        var module = Script("ModuleScript", "Kit", "local Kit = {}\nfunction Kit.give(player, n) player.leaderstats.Coins.Value += n end\nreturn Kit");
        var main = Script("Script", "Main", "local kit = require(script.Parent.Kit)\ngame.ReplicatedStorage.Give.OnServerEvent:Connect(function(player, n)\n  kit.give(player, n)\nend)");
        main.Properties["RunContext"] = new PropertyValue.Enumeration(1);
        main.Properties["Capabilities"] = new PropertyValue.Capabilities(1ul << 10);
        var model = new RobloxInstance("Model");
        model.Properties["Sandboxed"] = new PropertyValue.Bool(true);
        model.Add(main);
        model.Add(module);

        var answer = await Json(await Upload(isBinary ? DocumentWriter.WriteBinary([model]) : DocumentWriter.WriteXml([model])));

        var script = answer.GetProperty("scripts").EnumerateArray().Single(item => item.GetProperty("path").GetString() == "Model/Main");
        Assert.Equal(("Server", true), (script.GetProperty("runContext").GetString(), script.GetProperty("sandboxed").GetBoolean()));
        Assert.Equal("Network", script.GetProperty("granted")[0].GetString());
        var finding = Assert.Single(script.GetProperty("findings").EnumerateArray(), item => item.GetProperty("rule").GetString() == "remote-unvalidated-argument");
        Assert.Equal(3, finding.GetProperty("location").GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Findings_are_answered_as_Sarif()
    {
        using var response = await Send(new { source = "loadstring(x)()", path = "A b/C" }, "?format=sarif");

        Assert.Equal("application/sarif+json", response.Content.Headers.ContentType?.MediaType);
        var log = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        var result = log.GetProperty("runs")[0].GetProperty("results")[0];
        Assert.Equal("remote-code-loadstring", result.GetProperty("ruleId").GetString());
        Assert.Equal("A%20b/C", result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString());
    }

    [Fact]
    public async Task Sarif_is_as_its_official_schema_wants_it()
    {
        const string Source = """
            -- toolbox:ignore remote-code-loadstring until 2999-12-31: the teacher's console
            loadstring(x)()
            remote.OnServerEvent:Connect(function(player, n) player.leaderstats.Coins.Value = n end)
            """;
        var logs = new List<JsonElement>();
        foreach (var body in (object[])[new { source = Source, path = "A b/Ä" }, new { source = "print(1)" }, new { source = "local = " }])
        {
            logs.Add(await Json(await Send(body, "?format=sarif")));
        }

        Assert.True(logs[0].GetProperty("runs")[0].GetProperty("results").GetArrayLength() > 1);
        var judge = new NodeJudge(System.IO.Path.Combine(Repository.Root, "tests", "Luau", "Sarif", "Judge"));
        Assert.All(await judge.AskAsync(logs.Cast<object>()), mistakes => Assert.Equal("[]", mistakes.GetRawText()));
        Assert.NotEqual("[]", (await judge.AskAsync(new { version = "2.1.0", runs = new[] { new { results = 1 } } }))[0].GetRawText());
    }

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("application/json")]
    public async Task More_than_is_read_is_refused_before_it_is_sent(string type)
    {
        var application = await RunningApplication.SharedAsync();
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = application.Http.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(new byte[(28 * 1024 * 1024) + 1]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.ExpectContinue = true;
        request.Headers.Add("X-Api-Key", Demo);

        await Refused(await client.SendAsync(request, Ct), HttpStatusCode.RequestEntityTooLarge, "body_too_large");
    }

    [Fact]
    public async Task A_file_of_the_size_that_is_read_gets_through()
    {
        var script = new byte[28 * 1024 * 1024];
        script.AsSpan().Fill((byte)' ');

        using var answer = await Upload(script);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task What_can_t_be_scanned_is_refused()
    {
        await Refused(await Send(new { source = "x()" }, key: null), HttpStatusCode.Unauthorized, null);
        await Refused(await Send(new { path = "no source" }), HttpStatusCode.BadRequest, "nothing_to_scan");
        await Refused(await Send(new { source = "x()", file = "eCgp" }), HttpStatusCode.BadRequest, "nothing_to_scan");
        await Refused(await Send(new { file = "not base 64!" }), HttpStatusCode.BadRequest, null);
        await Refused(await Send(new { source = "x()", surprise = 1 }), HttpStatusCode.BadRequest, null);
        await Refused(await Upload("<roblox version=\"4\"><Item class=\"Script\"></roblox>"u8.ToArray()), HttpStatusCode.BadRequest, "invalid_file");
        await Refused(await Upload([.. RobloxFile.BinarySignature, 0, 0, 9]), HttpStatusCode.BadRequest, "invalid_file");
    }

    [Fact]
    public async Task The_description_has_the_call_with_an_example()
    {
        var application = await RunningApplication.SharedAsync();
        var description = await application.Http.GetFromJsonAsync<JsonElement>("/api/v1/openapi.json", Ct);

        var content = description.GetProperty("paths").GetProperty(Path).GetProperty("post").GetProperty("requestBody").GetProperty("content");
        Assert.True(content.TryGetProperty("application/octet-stream", out _));
        Assert.Contains("loadstring", content.GetProperty("application/json").GetRawText());
    }

    private static RobloxInstance Script(string className, string name, string source)
    {
        var script = new RobloxInstance(className);
        script.Properties["Name"] = new PropertyValue.Text(name);
        script.Properties["Source"] = new PropertyValue.Text(source);
        return script;
    }

    private static async Task<HttpResponseMessage> Send(object body, string query = "", string? key = Demo)
    {
        var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await Post(content, query, key);
    }

    private static Task<HttpResponseMessage> Upload(byte[] file)
    {
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return Post(content, "", Demo);
    }

    private static async Task<HttpResponseMessage> Post(HttpContent content, string query, string? key)
    {
        var application = await RunningApplication.SharedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path + query) { Content = content };
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        return await application.Http.SendAsync(request, Ct);
    }

    private static async Task<JsonElement> Json(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ct));
            return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        }
    }

    private static async Task Refused(HttpResponseMessage response, HttpStatusCode status, string? code)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(Ct);
            Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Contains(code ?? "", text);
        }
    }
}
