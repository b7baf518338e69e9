using System.Diagnostics;

namespace ToolboxAI.Tests.Benchmarks.Report;

/// <summary>How a load went: how many in a second, and how long each took.</summary>
/// <param name="Times">How long each took, in milliseconds, in ascending order.</param>
/// <param name="Elapsed">How long it took in all.</param>
public sealed record LoadResult(double[] Times, TimeSpan Elapsed)
{
    /// <summary>Units in a second.</summary>
    public double PerSecond => Times.Length / Elapsed.TotalSeconds;

    /// <summary>The time, in milliseconds, that a share of the units did not exceed.</summary>
    public double At(double share) => Times.Length == 0 ? double.NaN : Times[Math.Min(Times.Length - 1, (int)(Times.Length * share))];
}

/// <summary>Closed-loop load: so many clients, each beginning its next unit when the last has ended.</summary>
public static class Load
{
    /// <summary>Runs units for a while; the argument is the client's number.</summary>
    public static async Task<LoadResult> Drive(int clients, TimeSpan duration, Func<int, Task> unit)
    {
        var started = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var began = Stopwatch.GetTimestamp();
                await unit(client);
                own.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return own;
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new([.. times.SelectMany(own => own).Order()], elapsed);
    }
}
