using System.Net;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ToolboxAI.Tests.Local.Functions;

/// <summary>What a long function that an operator runs tells of itself, and what it waits for.</summary>
public sealed class LongRun
{
    public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource MayEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool HasEnded { get; set; }
}

public sealed class LongFunctions(LongRun run)
{
    [Function("Long")]
    public async Task Long([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer, CancellationToken ct)
    {
        run.Begun.SetResult();
        await run.MayEnd.Task.WaitAsync(ct);
        run.HasEnded = !timer.IsPastDue;
    }
}

/// <summary>A function that an operator runs, and the end of the host.</summary>
public sealed class OperatorRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly LongRun run = new();

    [Fact]
    public async Task A_stop_waits_for_it()
    {
        using var host = await StartAsync();

        var stopping = host.StopAsync(TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(stopping.IsCompleted, "It did not wait for what runs.");
        run.MayEnd.SetResult();
        await stopping.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.True(run.HasEnded);
    }

    [Fact]
    public async Task It_is_cut_off_when_the_grace_period_is_over()
    {
        using var host = await StartAsync();
        using var grace = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await host.StopAsync(grace.Token).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.False(run.HasEnded);
    }

    private async Task<IHost> StartAsync()
    {
        var app = await LocalApp.StartAsync(builder => builder.Services.AddSingleton(run), typeof(LongFunctions));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/functions/Long")
        {
            Headers = { { "x-functions-key", "test_master_key" } },
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        Assert.Equal(HttpStatusCode.Accepted, (await app.Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        await run.Begun.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        app.Client.Dispose();
        return app.Host;
    }
}
