using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Local.Functions;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class HttpBodySamples(Gate gate)
{
    [Function("BothWays")]
    public async Task<HttpResponseData> BothWays([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequestData request)
    {
        var response = request.CreateResponse(HttpStatusCode.Accepted);
        response.Headers.Add("x-kind", "stream");
        response.Cookies.Append("crumb", "1");
        var buffer = new byte[100];
        var count = await request.Body.ReadAsync(buffer);
        await response.WriteBytesAsync(buffer[..count]);
        await response.Body.FlushAsync();
        gate.Heard.TrySetResult("first part sent");
        await request.Body.CopyToAsync(response.Body);
        return response;
    }

    [Function("WritesAtOnce")]
    public static HttpResponseData WritesAtOnce([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequestData request)
    {
        var response = request.CreateResponse();
        response.WriteString("at once");
        return response;
    }

    [Function("TakesBody")]
    public static async Task<HttpResponseData> TakesBody(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequestData request, [Microsoft.Azure.Functions.Worker.Http.FromBody] Greeting greeting)
    {
        var response = request.CreateResponse();
        await response.WriteStringAsync($"{greeting.Name} {greeting.Times}");
        return response;
    }

    [Function("IsBody")]
    public static string IsBody([HttpTrigger(AuthorizationLevel.Anonymous, "post")] Greeting greeting) => $"{greeting.Name} {greeting.Times}";
}

/// <summary>Bodies with the ASP.NET Core integration, where they are streams, and without it, where they are read whole.</summary>
public sealed class HttpBodyTests
{
    private readonly Gate gate = new();

    [Fact]
    public async Task With_the_integration_request_and_response_data_stream_both_ways()
    {
        await using var app = await LocalApp.StartAsync(builder => builder.Services.AddSingleton(gate), typeof(HttpBodySamples));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/BothWays")
        {
            Content = new SlowContent(gate.Open.Task),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.Accepted, "stream"), (answer.StatusCode, Assert.Single(answer.Headers.GetValues("x-kind"))));
        Assert.StartsWith("crumb=1", Assert.Single(answer.Headers.GetValues("Set-Cookie")));
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        Assert.Equal("early", Encoding.UTF8.GetString(buffer, 0, await body.ReadAsync(buffer)));
        gate.Open.SetResult();
        using var rest = new StreamReader(body);
        Assert.Equal("late", await rest.ReadToEndAsync());
    }

    [Fact]
    public async Task With_the_integration_a_synchronous_write_fails_as_on_azure_unless_the_server_allows_it()
    {
        await using (var strict = await LocalApp.StartAsync(builder => builder.Services.AddSingleton(gate), typeof(HttpBodySamples)))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await strict.Client.GetAsync("/api/WritesAtOnce")).StatusCode);
        }

        await using var lenient = await LocalApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(gate);
                builder.Services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel => kestrel.AllowSynchronousIO = true);
            },
            typeof(HttpBodySamples));
        Assert.Equal("at once", await lenient.Client.GetStringAsync("/api/WritesAtOnce"));
    }

    [Fact]
    public async Task A_body_binds_by_FromBody_with_and_without_the_integration_and_a_bad_one_is_500()
    {
        await using var app = await LocalApp.StartAsync(builder => builder.Services.AddSingleton(gate), typeof(HttpBodySamples));
        using var host = await PlainAsync();
        using var plain = ClientOf(host);
        foreach (var client in new[] { app.Client, plain })
        {
            Assert.Equal("Ann 2", await (await client.PostAsJsonAsync("/api/TakesBody", new Greeting("Ann", 2))).Content.ReadAsStringAsync());
            var bad = await client.PostAsync("/api/TakesBody", new StringContent("{", Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.InternalServerError, bad.StatusCode);
            var text = await client.PostAsync("/api/TakesBody", new StringContent("{}", Encoding.UTF8, "text/plain"));
            Assert.Equal(HttpStatusCode.InternalServerError, text.StatusCode);
        }

        await host.StopAsync();
    }

    [Fact]
    public async Task Only_without_the_integration_the_trigger_s_parameter_may_be_the_body()
    {
        await using var app = await LocalApp.StartAsync(builder => builder.Services.AddSingleton(gate), typeof(HttpBodySamples));
        using var host = await PlainAsync();
        using var plain = ClientOf(host);
        Assert.Equal("Ann 2", await (await plain.PostAsJsonAsync("/api/IsBody", new Greeting("Ann", 2))).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, (await app.Client.PostAsJsonAsync("/api/IsBody", new Greeting("Ann", 2))).StatusCode);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_worker_s_json_is_configured_by_the_application()
    {
        using var host = await PlainAsync(services => services.Configure<JsonSerializerOptions>(json => json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower));
        using var client = ClientOf(host);
        Assert.Equal("""{"name":"Ann","times":2}""", await client.GetStringAsync("/api/Poco"));
        await host.StopAsync();
    }

    private async Task<IHost> PlainAsync(Action<IServiceCollection>? configure = null)
    {
        var host = new HostBuilder()
            .UseArguments("--port", "0")
            .ConfigureFunctionsWorkerDefaults()
            .ConfigureServices(services =>
            {
                services.UseFunctionsOf(typeof(HttpBodySamples), typeof(HttpDataSamples)).AddSingleton(gate);
                configure?.Invoke(services);
            })
            .Build();
        await host.StartAsync();
        return host;
    }

    private static HttpClient ClientOf(IHost host) =>
        new() { BaseAddress = new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
}
