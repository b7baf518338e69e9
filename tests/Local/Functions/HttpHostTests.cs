using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Local.Functions;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class Gate
{
    private int running;

    public int Most { get; private set; }

    public int Running => running;

    public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<string> Heard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task PassAsync(CancellationToken cancellationToken)
    {
        Most = Math.Max(Most, Interlocked.Increment(ref running));
        try
        {
            await Open.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Heard.TrySetResult("cancelled");
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }
}

public sealed class HostSamples(Gate gate)
{
    [Function("Waits")]
    public async Task<IResult> Waits([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _, CancellationToken cancellationToken)
    {
        await gate.PassAsync(cancellationToken);
        return Results.Text("through");
    }

    [Function("Protocol")]
    public static IResult Protocol([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post")] HttpRequest http) => Results.Text($"{http.Protocol} {http.Scheme}");

    [Function("StreamsOut")]
    public async Task StreamsOut([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest http, CancellationToken cancellationToken)
    {
        await http.HttpContext.Response.WriteAsync("first ", cancellationToken);
        await http.HttpContext.Response.Body.FlushAsync(cancellationToken);
        await gate.PassAsync(cancellationToken);
        await http.HttpContext.Response.WriteAsync("second", cancellationToken);
    }

    [Function("StreamsIn")]
    public async Task<IResult> StreamsIn([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest http, CancellationToken cancellationToken)
    {
        var buffer = new byte[100];
        var count = await http.Body.ReadAsync(buffer, cancellationToken);
        gate.Heard.TrySetResult(Encoding.UTF8.GetString(buffer, 0, count));
        using var rest = new StreamReader(http.Body);
        return Results.Text(await rest.ReadToEndAsync(cancellationToken));
    }

    [Function("BreaksOff")]
    public static async Task BreaksOff([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest http)
    {
        await http.HttpContext.Response.WriteAsync("half");
        await http.HttpContext.Response.Body.FlushAsync();
        throw new InvalidOperationException("late");
    }
}

/// <summary>A body that is sent when the test says so.</summary>
internal sealed class SlowContent(Task rest) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync("early"u8.ToArray());
        await stream.FlushAsync();
        await rest;
        await stream.WriteAsync("late"u8.ToArray());
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

public sealed class HttpHostTests : IAsyncLifetime
{
    private readonly Gate gate = new();
    private LocalApp app = null!;

    public async ValueTask InitializeAsync() => app = await LocalApp.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton(gate);
            builder.Configuration["AzureFunctionsJobHost:extensions:http:maxConcurrentRequests"] = "2";
            builder.Configuration["AzureFunctionsJobHost:extensions:http:maxOutstandingRequests"] = "5";
        },
        typeof(HostSamples));

    public ValueTask DisposeAsync()
    {
        gate.Open.TrySetResult();
        return app.DisposeAsync();
    }

    [Fact]
    public async Task Requests_over_the_limit_wait_and_over_the_outstanding_ones_are_429()
    {
        var requests = Enumerable.Range(0, 5).Select(_ => app.Client.GetAsync("/api/Waits")).ToList();
        await Eventually.True(() => gate.Running == 2);
        await Eventually.True(async () => await WithinAMoment("/api/Waits") == HttpStatusCode.TooManyRequests);
        gate.Open.SetResult();
        Assert.All(await Task.WhenAll(requests), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(2, gate.Most);
    }

    /// <summary>What is answered at once; null when it would have to wait, because not all that it must come after have arrived.</summary>
    private async Task<HttpStatusCode?> WithinAMoment(string path)
    {
        using var moment = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            return (await app.Client.GetAsync(path, moment.Token)).StatusCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    [Theory]
    [InlineData("", "/Protocol")]
    [InlineData("/school/v2/", "/school/v2/Protocol")]
    public async Task Host_json_says_where_the_routes_begin(string prefix, string path)
    {
        var root = Directory.CreateTempSubdirectory("toolboxai-test-");
        await File.WriteAllTextAsync(Path.Combine(root.FullName, "host.json"), $$"""{ "version": "2.0", "extensions": { "http": { "routePrefix": "{{prefix}}" } } }""", TestContext.Current.CancellationToken);
        await using (var other = await LocalApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(gate);
                builder.Services.AddSingleton(new HostSettings(root.FullName, builder.Configuration));
            },
            typeof(HostSamples)))
        {
            Assert.Equal(HttpStatusCode.OK, (await other.Client.GetAsync(path)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await other.Client.GetAsync("/api/Protocol")).StatusCode);
        }

        root.Delete(recursive: true);
    }

    [Theory]
    [InlineData("1.1", "HTTP/1.1 http")]
    [InlineData("2.0", "HTTP/2 http")]
    public async Task One_port_speaks_http_1_and_2(string version, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/Protocol")
        {
            Version = new(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("body"),
        };
        Assert.Equal(expected, await (await app.Client.SendAsync(request)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Many_requests_share_one_http_2_connection()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => app.Client.SendAsync(
            new(HttpMethod.Get, "/api/Protocol") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact })));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_response_is_streamed_as_it_is_written()
    {
        using var answer = await app.Client.GetAsync("/api/StreamsOut", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        Assert.Equal("first ", Encoding.UTF8.GetString(buffer, 0, await body.ReadAsync(buffer)));
        gate.Open.SetResult();
        using var rest = new StreamReader(body);
        Assert.Equal("second", await rest.ReadToEndAsync());
    }

    [Fact]
    public async Task A_request_is_read_as_it_comes()
    {
        var sending = app.Client.PostAsync("/api/StreamsIn", new SlowContent(gate.Open.Task));
        Assert.Equal("early", await gate.Heard.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        gate.Open.SetResult();
        Assert.Equal("late", await (await sending).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_function_sees_that_its_caller_has_gone()
    {
        using var leaving = new CancellationTokenSource();
        var asking = app.Client.GetAsync("/api/Waits", leaving.Token);
        await Eventually.True(() => gate.Running == 1);
        await leaving.CancelAsync();
        Assert.Equal("cancelled", await gate.Heard.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task A_function_that_fails_halfway_through_its_response_breaks_the_connection() =>
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.Client.GetStringAsync("/api/BreaksOff"));

    [Fact]
    public async Task A_stop_lets_requests_end_within_the_grace_period()
    {
        var asking = app.Client.GetStringAsync("/api/Waits");
        await Eventually.True(() => gate.Running == 1);
        var stopping = app.Host.StopAsync(TestContext.Current.CancellationToken);
        await Task.Delay(300);
        Assert.False(stopping.IsCompleted);
        gate.Open.SetResult();
        Assert.Equal("through", await asking);
        await stopping;
    }
}
