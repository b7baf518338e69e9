using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Operations;

/// <summary>Is the process there, and can it work?</summary>
public sealed class Health(Readiness readiness)
{
    [Function("HealthLive"), Anonymous("A load balancer asks without a key; the answer holds no data.")]
    [Api("Is the process there?"), Answers(200, typeof(Liveness))]
    public static IResult Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest http) =>
        Results.Ok(new Liveness("alive"));

    [Function("HealthReady"), Anonymous("A load balancer asks without a key; the answer names parts and no data.")]
    [Api("Can the process work?"), Answers(200, typeof(ReadinessReport)), Answers(503, typeof(ReadinessReport))]
    public async Task<IResult> Ready([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest http, CancellationToken ct)
    {
        var report = await readiness.Report(ct);
        return Results.Json(report, statusCode: report.IsReady ? 200 : 503);
    }
}

/// <summary>The process is there.</summary>
public sealed record Liveness(string Status);
