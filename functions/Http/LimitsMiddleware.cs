using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>
/// How often a key may call, and what may stand in a URL. The rate is per key and instance: it keeps one caller from taking an
/// instance from the others, and is no quota.
/// </summary>
public sealed class LimitsMiddleware : IFunctionsWorkerMiddleware, IDisposable
{
    private readonly RequestLimits limits;
    private readonly PartitionedRateLimiter<string> rates;

    /// <summary>Creates the limiter; one per process.</summary>
    public LimitsMiddleware(IOptions<RequestLimits> options)
    {
        limits = options.Value;
        rates = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
        {
            TokenLimit = limits.Burst,
            TokensPerPeriod = limits.PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));
    }

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        if (http.FindCaller() is { } caller)
        {
            using var lease = rates.AttemptAcquire(caller.Id);
            if (!lease.IsAcquired)
            {
                var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var given) ? given : TimeSpan.FromSeconds(1);
                http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                throw new RequestRefusedException(new RateLimited());
            }
        }

        CheckTexts(http.Request);
        await next(context);
    }

    /// <inheritdoc/>
    public void Dispose() => rates.Dispose();

    private void CheckTexts(HttpRequest request)
    {
        if (request.QueryString.HasValue)
        {
            foreach (var (name, values) in request.Query)
            {
                Check(name, name);
                foreach (var value in values)
                {
                    Check(name, value);
                }
            }
        }

        foreach (var (name, value) in request.RouteValues)
        {
            Check(name, value?.ToString());
        }
    }

    private void Check(string parameter, string? text)
    {
        if (text is not null && JsonText.Unusable(text, limits.TextLength) is { } why)
        {
            throw new RequestRefusedException(new UnusableText($"Parameter {parameter.Replace("\0", "", StringComparison.Ordinal)}", why));
        }
    }
}
