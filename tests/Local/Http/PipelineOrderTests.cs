using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Functions.Http;
using ToolboxAI.Local.Functions;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Local.Http;

public sealed class PipelineOrderTests
{
    [Fact]
    public async Task A_key_that_calls_too_often_is_told_to_wait_and_the_others_are_not()
    {
        await using var app = new PipelineApp { Limits = { Burst = 5 } };
        await app.InitializeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => app.Send(HttpMethod.Get, "/api/orders")));
        var refused = answers.First(answer => (int)answer.Answer.StatusCode == 429);
        Assert.Equal("rate_limited", refused.Body.GetProperty("code").GetString());
        Assert.True(refused.Answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal(200, (int)(await app.Send(HttpMethod.Get, "/api/orders", PipelineApp.Other)).Answer.StatusCode);
    }

    [Fact]
    public async Task A_pipeline_put_where_it_can_not_see_the_request_lets_nothing_pass()
    {
        var probe = new Probe();
        var builder = FunctionsApplication.CreateBuilder(["--port", "0"]);
        builder.AddRequestPipeline();
        builder.ConfigureFunctionsWebApplication();
        builder.Services.UseFunctionsOf(typeof(ProbeFunctions));
        builder.Services.AddSingleton(probe).AddSingleton<IUnitOfWorkFactory>(new InMemoryDatabase()).AddSingleton<IApiKeyStore, InMemoryApiKeyStore>()
            .AddSingleton<IIdempotencyStore, InMemoryIdempotencyStore>().AddSecretsInMemory().AddSingleton(new MachineClock(new TestClock()));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        using var answer = await client.GetAsync("/api/no-policy", TestContext.Current.CancellationToken);
        Assert.Equal((500, 0), ((int)answer.StatusCode, probe.Runs));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }
}
