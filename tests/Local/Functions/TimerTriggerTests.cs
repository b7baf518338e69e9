using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ToolboxAI.Local.Functions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

public sealed record TimerRun(string Function, DateTimeOffset At, bool PastDue, ScheduleStatus? Status, string Invocation, int? Retry);

public sealed class TimerRuns
{
    public ConcurrentQueue<TimerRun> All { get; } = new();

    public List<TimerRun> Of(string function) => [.. All.Where(r => r.Function == function)];
}

public sealed class TimerSamples(TimerRuns runs, TimeProvider time)
{
    [Function("Daily")]
    public void Daily([TimerTrigger("%DailySchedule%")] TimerInfo timer, FunctionContext context) => Record(timer, context);

    [Function("Often")]
    public void Often([TimerTrigger("*/20 * * * * *")] TimerInfo timer, FunctionContext context) => Record(timer, context);

    [Function("AtStart")]
    public void AtStart([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true, UseMonitor = false)] TimerInfo timer, FunctionContext context) => Record(timer, context);

    [Function("Fails")]
    [FixedDelayRetry(2, "00:00:00.050")]
    public void Fails([TimerTrigger("0 0 12 * * *")] TimerInfo timer, FunctionContext context)
    {
        Record(timer, context);
        throw new InvalidOperationException("again");
    }

    [Function("FailsEverLater")]
    [ExponentialBackoffRetry(2, "00:00:00.010", "00:00:00.100")]
    public void FailsEverLater([TimerTrigger("0 0 13 * * *")] TimerInfo timer, FunctionContext context) => Fails(timer, context);

    [Function("Unresolved")]
    public void Unresolved([TimerTrigger("%NoSuchSetting%")] TimerInfo timer, FunctionContext context) => Record(timer, context);

    private void Record(TimerInfo timer, FunctionContext context) => runs.All.Enqueue(new(
        context.FunctionDefinition.Name, time.GetUtcNow(), timer.IsPastDue, timer.ScheduleStatus, context.InvocationId, context.RetryContext?.RetryCount));
}

public sealed class TimerTriggerTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_daily_timer_runs_once_for_each_day_of_an_advance_and_a_frequent_one_once_a_step()
    {
        var runs = new TimerRuns();
        await using var app = await StartAsync(runs);
        var before = await NowAsync(app);
        var answer = await app.Client.PostAsJsonAsync("/local/clock/advance", new { by = "P3D" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.InRange(await NowAsync(app) - before, TimeSpan.FromDays(3), TimeSpan.FromDays(3) + TimeSpan.FromSeconds(30));

        var daily = runs.Of("Daily");
        Assert.Equal(3, daily.Count);
        Assert.All(daily, run => Assert.InRange(run.At.TimeOfDay, TimeSpan.FromHours(3), TimeSpan.FromHours(3) + TimeSpan.FromSeconds(10)));
        Assert.Equal(daily[1].At.UtcDateTime.Date, daily[1].Status!.Next.Date);
        Assert.InRange(daily[2].Status!.Last, daily[1].At.UtcDateTime.AddSeconds(-1), daily[1].At.UtcDateTime.AddSeconds(1));
        Assert.InRange(runs.Of("Often").Count, 7, 12);
        Assert.All(runs.Of("Often"), run => Assert.Null(run.Status));
    }

    [Fact]
    public async Task A_run_missed_while_the_host_was_down_is_caught_up_once_as_past_due()
    {
        var runs = new TimerRuns();
        await using (await StartAsync(runs))
        {
            await Eventually.True(() => HasStatusAsync("Daily"));
        }

        Assert.Empty(runs.Of("Daily"));
        await using var mover = await StartAsync(new TimerRuns(), "Mover", typeof(MiddlewareSamples));
        Assert.Equal(HttpStatusCode.OK, (await mover.Client.PostAsJsonAsync("/local/clock/advance", new { by = "P2D" })).StatusCode);
        await using var app = await StartAsync(runs);
        await Eventually.True(() => !runs.Of("Daily").IsEmpty());
        var run = Assert.Single(runs.Of("Daily"));
        Assert.True(run.PastDue);
        Assert.All(runs.Of("AtStart"), r => Assert.False(r.PastDue));
    }

    [Fact]
    public async Task A_failed_run_is_retried_with_the_same_invocation_id_and_does_not_stop_the_schedule()
    {
        var runs = new TimerRuns();
        await using var app = await StartAsync(runs);
        await app.Client.PostAsJsonAsync("/local/clock/advance", new { by = "P2D" });
        var fails = runs.Of("Fails");
        Assert.Equal([0, 1, 2, 0, 1, 2], fails.Select(r => r.Retry));
        Assert.Equal(2, fails.Select(r => r.Invocation).Distinct().Count());
        Assert.Equal([0, 1, 2, 0, 1, 2], runs.Of("FailsEverLater").Select(r => r.Retry));
    }

    [Fact]
    public async Task Of_two_processes_one_runs_a_timer_and_the_other_takes_over_when_it_leaves()
    {
        var first = new TimerRuns();
        var second = new TimerRuns();
        var one = await StartAsync(first, "One");
        await Eventually.True(() => first.Of("AtStart").Count == 1);
        await using var two = await StartAsync(second, "Two");
        await two.Client.PostAsJsonAsync("/local/clock/advance", new { by = "P2D" });
        Assert.Equal(2, first.Of("Daily").Count);
        Assert.Empty(second.All);

        await one.DisposeAsync();
        await Eventually.True(() => second.Of("AtStart").Count == 1);
        await two.Client.PostAsJsonAsync("/local/clock/advance", new { by = "P2D" });
        Assert.Equal(2, first.Of("Daily").Count);
        Assert.Equal(2, second.Of("Daily").Count);
    }

    [Fact]
    public async Task A_schedule_that_does_not_resolve_puts_its_function_alone_into_error()
    {
        var runs = new TimerRuns();
        await using var app = await StartAsync(runs);
        Assert.Equal(["Unresolved"], app.Host.Services.GetRequiredService<FunctionCatalog>().Errors.Keys);
        await Eventually.True(() => runs.Of("AtStart").Count == 1);
    }

    [Theory]
    [InlineData("""{"by":"P1M"}""")]
    [InlineData("""{"by":"P1Y"}""")]
    [InlineData("""{"by":"-P1D"}""")]
    [InlineData("""{"by":"PT"}""")]
    [InlineData("""{"by":3}""")]
    [InlineData("""{"by":"P99999999999D"}""")]
    [InlineData("nothing")]
    public async Task What_is_no_duration_of_weeks_to_seconds_is_400(string body)
    {
        await using var app = await StartAsync(new TimerRuns(), "A", typeof(MiddlewareSamples));
        var answer = await app.Client.PostAsync("/local/clock/advance", new StringContent(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid_duration", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    private async Task<bool> HasStatusAsync(string timer)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand($"SELECT next_run IS NOT NULL FROM functions.timers WHERE name = '{timer}'");
        return await command.ExecuteScalarAsync() is true;
    }

    private static async Task<DateTimeOffset> NowAsync(LocalApp app) =>
        (await app.Client.GetFromJsonAsync<JsonElement>("/local/clock")).GetProperty("now").GetDateTimeOffset();

    private Task<LocalApp> StartAsync(TimerRuns runs) => StartAsync(runs, "One");

    private Task<LocalApp> StartAsync(TimerRuns runs, string process) => StartAsync(runs, process, typeof(TimerSamples));

    // Each application name is a connection string, and so a session, of its own: to the installation it is another process.
    private Task<LocalApp> StartAsync(TimerRuns runs, string process, Type functions) => LocalApp.StartAsync(
        builder =>
        {
            builder.Configuration["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development";
            var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = process };
            builder.Configuration["ToolboxLocal:Database"] = connection.ConnectionString;
            builder.Configuration["DailySchedule"] = "0 0 3 * * *";
            builder.Services.AddSingleton(runs);
        },
        functions);
}

internal static class ListExtensions
{
    public static bool IsEmpty<T>(this List<T> list) => list.Count == 0;
}
