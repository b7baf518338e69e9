using System.Diagnostics;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>Runs many seeds of a scenario, as many at once as there are processors; each seed has a world of its own.</summary>
public static class Campaign
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="count"/> seeds; the lowest of those that failed before the campaign stopped, null when all is well.</summary>
    /// <param name="scenario">What to run.</param>
    /// <param name="from">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="progress">Hears every few seconds how far it is; null when nobody wants to know.</param>
    /// <param name="ct">Breaks the campaign off.</param>
    public static async Task<int?> FirstFailure(Scenario scenario, int from, int count, Action<string>? progress, CancellationToken ct)
    {
        var (started, failed, gate) = (Stopwatch.GetTimestamp(), (int?)null, new Lock());
        var (next, done, orchestrations, steps, reported) = (from - 1, 0, 0L, 0L, started);
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(Work, ct)));
        progress?.Invoke(Line());
        return failed;

        async Task Work()
        {
            while (Interlocked.Increment(ref next) is var seed && seed < from + count && !ct.IsCancellationRequested)
            {
                var outcome = await scenario.Run(seed, Plants.None, null);
                lock (gate)
                {
                    (done, orchestrations, steps) = (done + 1, orchestrations + outcome.Orchestrations, steps + outcome.Steps);
                    if (outcome.Broken.Count > 0)
                    {
                        failed = failed < seed ? failed : seed;
                        next = from + count;
                    }

                    if (progress is not null && Stopwatch.GetElapsedTime(reported) > BetweenReports)
                    {
                        reported = Stopwatch.GetTimestamp();
                        progress(Line());
                    }
                }
            }
        }

        string Line()
        {
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            return $"{done} of {count} seeds in {seconds:F0} s; a second: {done / seconds:F0} seeds, {orchestrations / seconds:F0} orchestrations, {steps / seconds:F0} steps";
        }
    }
}
