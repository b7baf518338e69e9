using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Functions.Operations;

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

    private static Task<ReadinessReport> Report(params IReadinessCheck[] parts) => new Readiness(parts, NullLogger<Readiness>.Instance).Report(Ct);

    private sealed class Part(string name, Func<Task>? check = null) : IReadinessCheck
    {
        public string Name => name;

        public Task Check(CancellationToken ct) => check?.Invoke() ?? Task.CompletedTask;
    }
}
