using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolboxAI.Tests.Local.Functions;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>Durable HTTP: <c>CallHttpAsync</c> against a server that counts what it is asked.</summary>
public sealed class CallHttpTests : IAsyncLifetime
{
    private readonly WebApplication server = Build();
    private int tried;

    private string Address => server.Urls.First();

    public async ValueTask InitializeAsync()
    {
        server.Use(async (http, next) =>
        {
            http.Response.Headers["x-tried"] = Interlocked.Increment(ref tried).ToString();
            await next(http);
        });
        server.MapPost("/echo", async (HttpRequest request) => Results.Text($"{request.ContentType}|{await new StreamReader(request.Body).ReadToEndAsync()}"));
        server.MapPost("/start", (HttpResponse response) =>
        {
            response.Headers.RetryAfter = "0";
            response.Headers.Location = $"{Address}/poll";
            return Results.StatusCode(202);
        });
        server.MapGet("/poll", (HttpResponse response) =>
        {
            response.Headers.RetryAfter = "0";
            response.Headers.Location = $"{Address}/poll";
            return tried < 4 ? Results.StatusCode(202) : Results.Text("done");
        });
        server.MapGet("/busy", () => tried < 3 ? Results.StatusCode(503) : Results.Text("at last"));
        server.MapGet("/slow", async (CancellationToken stop) => await Task.Delay(TimeSpan.FromSeconds(20), stop));
        server.MapGet("/who", (HttpRequest request) => $"{request.Headers.Authorization}|{request.Headers["x-own"]}");
        await server.StartAsync();
    }

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task A_request_is_sent_as_text_and_its_answer_is_given_whatever_its_status()
    {
        Assert.Equal("200 text/plain|hello 1", await OutputAsync(new($"{Address}/echo", "hello")));
        Assert.Equal("404  2", await OutputAsync(new($"{Address}/nowhere")));
    }

    [Fact]
    public async Task An_accepted_request_is_followed_to_its_end_only_when_asked()
    {
        Assert.Equal("202  1", await OutputAsync(new($"{Address}/start", "go")));
        Assert.Equal("200 done 4", await OutputAsync(new($"{Address}/start", "go", Follow: true)));
    }

    [Fact]
    public async Task Retries_are_made_for_the_given_statuses_and_the_last_answer_is_returned()
    {
        Assert.Equal("503  1", await OutputAsync(new($"{Address}/busy", Attempts: 3, Status: 429)));
        Assert.Equal("200 at last 3", await OutputAsync(new($"{Address}/busy", Attempts: 3, Status: 503)));
        Assert.Equal("404  5", await OutputAsync(new($"{Address}/nowhere", Attempts: 2)));
    }

    [Fact]
    public async Task A_request_over_its_time_out_fails_after_its_retries()
    {
        var end = await RunAsync(nameof(CallHttpFunctions.CallsHttp), new CallHttpFunctions.Asked($"{Address}/slow", Attempts: 2, Timeout: 1));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.True(end.FailureDetails!.InnerFailure!.IsCausedBy<TimeoutException>());
        Assert.Equal(2, tried);
    }

    [Fact]
    public async Task A_token_of_the_application_s_identity_is_sent()
    {
        var end = await RunAsync(nameof(CallHttpFunctions.CallsHttpWithToken), $"{Address}/who");

        Assert.Equal("Bearer token for https://graph.microsoft.com/.default|one, two", end.ReadOutputAs<string>());
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        return app;
    }

    private async Task<string?> OutputAsync(CallHttpFunctions.Asked asked) =>
        (await RunAsync(nameof(CallHttpFunctions.CallsHttp), asked)).ReadOutputAs<string>();

    private static async Task<OrchestrationMetadata> RunAsync(string orchestrator, object input)
    {
        await using var app = await LocalApp.StartAsync(
            builder => builder.Services.AddSingleton<TokenCredential>(new KnownCredential()), typeof(CallHttpFunctions));
        var client = app.Host.Services.GetRequiredService<FunctionsHub>().CreateClient(null);
        var id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, Engine.Soon);
        return await client.WaitForInstanceCompletionAsync(id, true, Engine.Soon);
    }

    private sealed class KnownCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new($"token for {requestContext.Scopes[0]}", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
