using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolboxAI.Local.Functions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class Arrivals
{
    public ConcurrentQueue<DateTimeOffset> All { get; } = new();
}

public sealed class ArrivalSamples(Arrivals arrivals, TimeProvider time)
{
    [Function("Arrive")]
    public void Arrive([ServiceBusTrigger("arrivals", Connection = "Bus")] string message) => arrivals.All.Enqueue(time.GetUtcNow());
}

/// <summary>A trigger that takes its time to start, as others do on a busy machine.</summary>
public sealed class SlowTrigger : ITriggerListener
{
    public TaskCompletionSource MayStart { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string TriggerType => "slow";

    public Task StartAsync(IReadOnlyList<LocalFunction> functions, CancellationToken cancellationToken) => MayStart.Task;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>An application answers before its triggers have started: a clock that is advanced then passes nothing by.</summary>
public sealed class EarlyAdvanceTests : IAsyncLifetime
{
    private readonly int port = RunningApplication.FreePort();
    private readonly Arrivals arrivals = new();
    private readonly SlowTrigger slow = new();
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await new ServiceBusAdministrationClient(database.ConnectionString).CreateQueueAsync("arrivals");
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task An_advance_at_the_first_answer_waits_for_a_message_that_fell_due_before_the_start()
    {
        await using var bus = new ServiceBusClient(database.ConnectionString);
        await bus.CreateSender("arrivals").SendMessageAsync(new("left behind"));
        using var host = Build();
        var starting = host.StartAsync(TestContext.Current.CancellationToken);
        var began = await ClockAsync();
        var advance = AdvanceAsync("P1D");

        // Long enough for a clock that waits for nobody.
        await Task.WhenAny(advance, Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken));
        slow.MayStart.SetResult();
        await starting;
        Assert.Equal(HttpStatusCode.OK, await advance);
        Assert.InRange(Assert.Single(arrivals.All), began, began.AddHours(1));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_advance_right_after_the_start_waits_for_a_message_that_falls_due_on_its_way()
    {
        await using var bus = new ServiceBusClient(database.ConnectionString);
        await bus.CreateSender("arrivals").ScheduleMessageAsync(new("on the way"), DateTimeOffset.UtcNow.AddHours(5));
        slow.MayStart.SetResult();
        using var host = Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var began = await ClockAsync();
        Assert.Equal(HttpStatusCode.OK, await AdvanceAsync("P1D"));
        Assert.InRange(Assert.Single(arrivals.All), began.AddHours(4), began.AddHours(6));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private IHost Build() => LocalApp.Build(
        port,
        builder =>
        {
            builder.Configuration["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development";
            builder.Configuration["ToolboxLocal:Database"] = database.ConnectionString;
            builder.Configuration["Bus"] = database.ConnectionString;
            builder.Services.AddSingleton(arrivals);
            builder.Services.Insert(0, ServiceDescriptor.Singleton<ITriggerListener>(slow));          // triggers start in this order
        },
        typeof(ArrivalSamples));

    private async Task<DateTimeOffset> ClockAsync()
    {
        using var client = new HttpClient();
        DateTimeOffset? now = null;
        await Eventually.True(async () =>
        {
            try
            {
                now = (await client.GetFromJsonAsync<Clock>($"http://127.0.0.1:{port}/local/clock"))!.Now;
            }
            catch (HttpRequestException)
            {
                return false;
            }

            return true;
        });
        return now!.Value;
    }

    private async Task<HttpStatusCode> AdvanceAsync(string by)
    {
        using var client = new HttpClient();
        return (await client.PostAsJsonAsync($"http://127.0.0.1:{port}/local/clock/advance", new { by })).StatusCode;
    }

    private sealed record Clock(DateTimeOffset Now);
}
