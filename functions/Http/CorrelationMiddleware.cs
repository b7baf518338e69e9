using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>
/// First of the HTTP pipeline. Takes the caller's X-Correlation-ID, or makes one, and gives it back; from here on every log
/// line and every message of the call carries it. Goes on with the caller's trace.
/// </summary>
public sealed class CorrelationMiddleware(TimeProvider clock, ILogger<CorrelationMiddleware> log) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        // Without it nothing behind this could check anything: the invocation fails rather than pass unchecked.
        var http = context.GetHttpContext() ?? throw new InvalidOperationException("An HTTP call without its HttpContext.");

        string? given = http.Request.Headers[Correlation.Header];
        var id = Correlation.IsValid(given) ? given! : Ids.New("cor", clock.GetUtcNow());
        http.SetCorrelationId(id);
        http.Response.Headers[Correlation.Header] = id;
        Correlation.Id = id;

        using var activity = Activity.Current is null ? Continue(context, http.Request) : null;
        InvocationCorrelationMiddleware.WriteTraceState(Activity.Current, id);
        using var scope = LogScope.Begin(log, ("CorrelationId", id), ("TraceId", Activity.Current?.TraceId.ToString()));
        await next(context);
    }

    /// <summary>A span of the caller's trace, or of a new one, so that what the call sends carries a trace context in any host.</summary>
    private static Activity Continue(FunctionContext context, HttpRequest request)
    {
        var activity = new Activity($"function {context.FunctionDefinition.Name}").SetIdFormat(ActivityIdFormat.W3C);
        string? parent = request.Headers.TraceParent;
        parent = string.IsNullOrEmpty(context.TraceContext.TraceParent) ? parent : context.TraceContext.TraceParent;
        if (ActivityContext.TryParse(parent, request.Headers.TraceState, isRemote: true, out _))
        {
            activity.SetParentId(parent!);
            activity.TraceStateString = request.Headers.TraceState;
        }

        return activity.Start();
    }
}
