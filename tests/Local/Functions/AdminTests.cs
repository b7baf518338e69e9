using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ToolboxAI.Local.Functions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class AdminSamples(TimerRuns runs)
{
    [Function("Hello")]
    public static IResult Hello([HttpTrigger(AuthorizationLevel.Function, "get", "post", Route = "hello/{name:alpha}")] HttpRequest _, string name) => Results.Text(name);

    [Function("Other")]
    public static IResult Other([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest _) => Results.Text("other");

    [Function("OnlyAdmin")]
    public static IResult OnlyAdmin([HttpTrigger(AuthorizationLevel.Admin, "get")] HttpRequest _) => Results.Text("admin");

    [Function("Off")]
    public void Off([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer, FunctionContext context) =>
        runs.All.Enqueue(new(context.FunctionDefinition.Name, default, timer.IsPastDue, null, System.Diagnostics.Activity.Current?.TraceId.ToString() ?? "no trace", null));

    [Function("EachStart")]
    public void EachStart([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer, FunctionContext context) => Off(timer, context);

    [Function("OffHttp")]
    public static IResult OffHttp([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => Results.Text("off");
}

public sealed class AdminTests : IAsyncLifetime
{
    private const string Master = "test_master_key";
    private readonly TimerRuns runs = new();
    private TestDatabase database = null!;
    private LocalApp app = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        app = await LocalApp.StartAsync(Configure, typeof(AdminSamples));
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await database.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/admin/host/status")]
    [InlineData("GET", "/admin/functions")]
    [InlineData("GET", "/admin/host/keys")]
    [InlineData("POST", "/admin/functions/Off")]
    [InlineData("PUT", "/admin/host/keys/x")]
    public async Task Without_the_master_key_the_answer_is_401(string method, string path) =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.SendAsync(new(new(method), path))).StatusCode);

    [Fact]
    public async Task Ping_is_open() => Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/admin/host/ping")).StatusCode);

    [Fact]
    public async Task The_status_names_the_host_and_its_state()
    {
        var status = await GetAsync("/admin/host/status");
        Assert.Equal("Running", status.GetProperty("state").GetString());
        string[] fields = ["id", "state", "version", "versionDetails", "platformVersion", "instanceId", "computerName", "processUptime", "functionAppContentEditingState"];
        Assert.All(fields, field => Assert.True(status.TryGetProperty(field, out _), field));
    }

    [Fact]
    public async Task Functions_are_listed_with_their_bindings()
    {
        var all = await GetAsync("/admin/functions");
        Assert.Equal(["EachStart", "Hello", "Off", "OffHttp", "OnlyAdmin", "Other"], all.EnumerateArray().Select(f => f.GetProperty("name").GetString()));
        var hello = await GetAsync("/admin/functions/hello");
        Assert.Equal($"{app.Address}api/hello/{{name:alpha}}", hello.GetProperty("invoke_url_template").GetString());
        Assert.Equal("httpTrigger", hello.GetProperty("config").GetProperty("bindings")[0].GetProperty("type").GetString());
        Assert.True((await GetAsync("/admin/functions/Off")).GetProperty("isDisabled").GetBoolean());
        Assert.Equal("{}", (await GetAsync("/admin/functions/Hello/status")).GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, "/admin/functions/nope")).StatusCode);
    }

    [Fact]
    public async Task An_operator_runs_a_function_also_a_disabled_one()
    {
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(HttpMethod.Post, "/admin/functions/Off", """{"input":""}""")).StatusCode);
        await Eventually.True(() => runs.Of("Off").Count == 1);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(HttpMethod.Post, "/admin/functions/Off", "x", "text/plain")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Post, "/admin/functions/nope", "{}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("/api/OffHttp")).StatusCode);
    }

    [Fact]
    public async Task Keys_open_what_they_are_for_and_are_stored_as_hashes()
    {
        var host = await CreateKeyAsync("/admin/host/keys/ours");
        var own = await CreateKeyAsync("/admin/functions/Hello/keys/own");
        Assert.Equal(HttpStatusCode.OK, await WithKeyAsync("/api/hello/a", host));
        Assert.Equal(HttpStatusCode.OK, await WithKeyAsync("/api/Other", host));
        Assert.Equal(HttpStatusCode.OK, await WithKeyAsync("/api/hello/a", own));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithKeyAsync("/api/Other", own));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithKeyAsync("/api/OnlyAdmin", host));
        Assert.Equal(HttpStatusCode.OK, await WithKeyAsync("/api/OnlyAdmin", Master));

        Assert.Equal("ours", (await GetAsync("/admin/host/keys")).GetProperty("keys")[0].GetProperty("name").GetString());
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand("SELECT count(*) FROM functions.keys WHERE encode(hash, 'escape') LIKE '%' || $1 || '%' OR length(hash) <> 32");
        command.Parameters.Add(new() { Value = host });
        Assert.Equal(0L, await command.ExecuteScalarAsync());

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, "/admin/host/keys/ours")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await WithKeyAsync("/api/Other", host));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, "/admin/host/keys/ours")).StatusCode);
    }

    [Fact]
    public async Task A_key_may_be_given_its_value()
    {
        var answer = await SendAsync(HttpMethod.Put, "/admin/host/keys/given", """{"name":"given","value":"chosen"}""");
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await WithKeyAsync("/api/Other", "chosen"));
    }

    [Fact]
    public async Task A_key_that_takes_the_place_of_another_is_200_and_the_master_key_cannot_be_deleted()
    {
        var first = await CreateKeyAsync("/admin/functions/Other/keys/again");
        var second = await SendAsync(HttpMethod.Post, "/admin/functions/Other/keys/again");
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await WithKeyAsync("/api/Other", first));
        Assert.Equal("again", (await GetAsync("/admin/functions/Other/keys/again")).GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, "/admin/functions/Other/keys/none")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Delete, "/admin/host/systemkeys/_master")).StatusCode);
    }

    [Fact]
    public async Task A_restart_starts_the_triggers_anew_and_gives_the_host_another_instance_id()
    {
        var before = (await GetAsync("/admin/host/status")).GetProperty("instanceId").GetString();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, "/admin/host/restart")).StatusCode);
        await Eventually.True(async () => (await GetAsync("/admin/host/status")).GetProperty("instanceId").GetString() != before);
        await Eventually.True(() => runs.Of("EachStart").Count == 2);
        Assert.Equal("no trace", runs.Of("EachStart")[1].Invocation);
    }

    [Fact]
    public async Task A_system_key_opens_its_extension_and_other_keys_are_forbidden_there()
    {
        var keys = app.Host.Services.GetRequiredService<HostKeys>();
        var key = await keys.SystemKeyAsync("some_extension", default);
        var hostKey = await CreateKeyAsync("/admin/host/keys/another");
        Assert.Equal(KeyVerdict.Admitted, await Verdict(key));
        Assert.Equal(KeyVerdict.Admitted, await Verdict(Master));
        Assert.Equal(KeyVerdict.Forbidden, await Verdict(hostKey));
        Assert.Equal(KeyVerdict.Unauthorized, await Verdict("nobody's"));
        Assert.Equal(KeyVerdict.Unauthorized, await Verdict(null));

        ValueTask<KeyVerdict> Verdict(string? shown)
        {
            var http = new DefaultHttpContext();
            if (shown is not null)
            {
                http.Request.QueryString = QueryString.Create("code", shown);
            }

            return keys.CheckSystemAsync(http.Request, "some_extension", default);
        }
    }

    [Fact]
    public async Task The_metadata_of_the_official_interface_are_those_of_the_catalogue()
    {
        var functions = await app.Host.Services.GetRequiredService<IFunctionMetadataProvider>().GetFunctionMetadataAsync(".");
        var hello = Assert.Single(functions, f => f.Name == "Hello");
        Assert.Equal(typeof(AdminSamples).FullName + ".Hello", hello.EntryPoint);
        Assert.Contains("\"route\":\"hello/{name:alpha}\"", hello.RawBindings![0]);
    }

    private void Configure(FunctionsApplicationBuilder builder)
    {
        builder.Configuration["ToolboxLocal:Database"] = database.ConnectionString;
        builder.Configuration["AzureWebJobs.Off.Disabled"] = "true";
        builder.Configuration["AzureWebJobs.OffHttp.Disabled"] = "1";
        builder.Services.AddSingleton(runs);
    }

    private async Task<HttpStatusCode> WithKeyAsync(string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "x-functions-key", key } } };
        return (await app.Client.SendAsync(request)).StatusCode;
    }

    private async Task<string> CreateKeyAsync(string path)
    {
        var answer = await SendAsync(HttpMethod.Post, path);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("value").GetString()!;
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        var answer = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/json") => app.Client.SendAsync(new(method, path)
    {
        Headers = { { "x-functions-key", Master } },
        Content = body is null ? null : new StringContent(body, Encoding.UTF8, type),
    });
}
