using System.Diagnostics;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Functions.Operations;

/// <summary>Something that the application can't work without.</summary>
public interface IReadinessCheck
{
    /// <summary>Its name in the report.</summary>
    string Name { get; }

    /// <summary>Uses it in the smallest way; throws when that fails.</summary>
    Task Check(CancellationToken ct);

    /// <summary>What is worth knowing though it works, without names or data; null for nothing.</summary>
    Task<string?> Detail(CancellationToken ct) => Task.FromResult<string?>(null);
}

/// <summary>All parts of it.</summary>
/// <param name="Status"><c>ready</c> or <c>unavailable</c>.</param>
/// <param name="Checks">Each part.</param>
public sealed record ReadinessReport(string Status, IReadOnlyList<CheckReport> Checks)
{
    /// <summary>Does every part work?</summary>
    [JsonIgnore]
    public bool IsReady => Status == "ready";
}

/// <summary>One part.</summary>
/// <param name="Name">Which.</param>
/// <param name="Status"><c>ok</c> or <c>failed</c>.</param>
/// <param name="LatencyMs">How long the check took, in milliseconds.</param>
/// <param name="Detail">What is worth knowing though it works; left out when there is nothing.</param>
public sealed record CheckReport(
    string Name, string Status, long LatencyMs, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null);

/// <summary>
/// Checks all parts at once. Anybody may ask, without a key, so all who ask within a second share one report, and one check however long it
/// takes. Why a part failed stands in the log: the report goes to anybody.
/// </summary>
public sealed partial class Readiness(IEnumerable<IReadinessCheck> checks, MachineClock clock, ILogger<Readiness> log)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Task<ReadinessReport>? last;
    private long begun;

    /// <summary>The report of a check that began less than a second ago, or is under way.</summary>
    /// <param name="ct">Ends the wait, not the check.</param>
    public Task<ReadinessReport> Report(CancellationToken ct)
    {
        lock (gate)
        {
            if (last is null || (last.IsCompleted && clock.Time.GetElapsedTime(begun) >= Kept))
            {
                begun = clock.Time.GetTimestamp();
                using (ExecutionContext.SuppressFlow())       // it is for others too: no caller's trace, no caller's correlation
                {
                    last = CheckAll();
                }
            }

            return last.WaitAsync(ct);
        }
    }

    private async Task<ReadinessReport> CheckAll()
    {
        await Task.Yield();                                   // who begins it holds the gate
        var reports = await Task.WhenAll(checks.Select(Run));
        return new(reports.All(report => report.Status == "ok") ? "ready" : "unavailable", reports);
    }

    private async Task<CheckReport> Run(IReadinessCheck check)
    {
        var started = Stopwatch.GetTimestamp();
        var status = "ok";
        string? detail = null;
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            await check.Check(timeout.Token).WaitAsync(Timeout);
            detail = await check.Detail(timeout.Token).WaitAsync(Timeout);
        }
        catch (Exception e)
        {
            status = "failed";
            NotReady(check.Name, e);
        }

        return new(check.Name, status, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds, detail);
    }

    [LoggerMessage(1200, LogLevel.Warning, "{Check} is not ready")]
    private partial void NotReady(string check, Exception exception);
}
