using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Functions.Operations;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Http;

public sealed class ReadinessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_part_that_fails_makes_the_whole_unavailable_and_says_nothing_of_why()
    {
        var report = await Report(new Part("database"), new Part("storage", () => throw new InvalidOperationException("secret")));
        Assert.False(report.IsReady);
        Assert.Equal([("database", "ok"), ("storage", "failed")], report.Checks.Select(check => (check.Name, check.Status)));
    }

    [Fact]
    public async Task A_part_that_does_not_answer_fails_in_time()
    {
        var report = await Report(new Part("bus", () => Task.Delay(Timeout.Infinite, Ct)));
        Assert.Equal("failed", Assert.Single(report.Checks).Status);
        Assert.InRange(report.Checks[0].LatencyMs, 2500, 20_000);
    }

    [Fact]
    public async Task All_parts_work() => Assert.True((await Report(new Part("database"), new Part("bus"))).IsReady);

    [Fact]
    public async Task However_many_ask_within_a_second_one_check_answers_them_and_a_failure_is_told_when_it_is_over()
    {
        var (time, checks, works) = (new MachineTime(), 0, true);
        var readiness = Of(time, new Part("database", () =>
        {
            checks++;
            return works ? Task.CompletedTask : throw new InvalidOperationException("gone");
        }));
        Assert.True((await readiness.Report(Ct)).IsReady);

        works = false;
        time.Now += TimeSpan.FromMilliseconds(999);
        Assert.True((await readiness.Report(Ct)).IsReady);
        Assert.Equal(1, checks);

        time.Now += TimeSpan.FromMilliseconds(1);
        var reports = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => readiness.Report(Ct)));
        Assert.All(reports, report => Assert.False(report.IsReady));
        Assert.Equal(2, checks);
    }

    [Fact]
    public async Task Who_asks_while_a_long_check_is_under_way_waits_for_it_and_who_gives_up_does_not_end_it()
    {
        var (time, checks, answer) = (new MachineTime(), 0, new TaskCompletionSource());
        var readiness = Of(time, new Part("database", () =>
        {
            Interlocked.Increment(ref checks);
            return answer.Task;
        }));
        using var impatience = new CancellationTokenSource();
        var first = readiness.Report(impatience.Token);
        time.Now += TimeSpan.FromSeconds(2);
        var second = readiness.Report(Ct);

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult();

        Assert.True((await second).IsReady);
        Assert.Equal(1, checks);
    }

    private static Task<ReadinessReport> Report(params IReadinessCheck[] parts) => Of(TimeProvider.System, parts).Report(Ct);

    private static Readiness Of(TimeProvider time, params IReadinessCheck[] parts) => new(parts, new MachineClock(time), NullLogger<Readiness>.Instance);

    private sealed class MachineTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Part(string name, Func<Task>? check = null) : IReadinessCheck
    {
        public string Name => name;

        public Task Check(CancellationToken ct) => check?.Invoke() ?? Task.CompletedTask;
    }
}
