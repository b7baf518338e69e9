using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>
/// Every invocation that is not an HTTP call goes on with the correlation id of the call that caused it: a message carries it
/// as such, what an orchestration runs in its trace state. Without one, the trace or the invocation names itself.
/// Nothing is awaited before the function: orchestrators pass here too.
/// </summary>
public sealed class InvocationCorrelationMiddleware(ILogger<InvocationCorrelationMiddleware> log) : IFunctionsWorkerMiddleware
{
    private const string Member = "toolboxai=";

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var data = context.BindingContext.BindingData;
        var trace = ActivityContext.TryParse(context.TraceContext.TraceParent, null, out var parsed) ? parsed.TraceId.ToString() : null;
        var id = Text(data, "CorrelationId") ?? TraceStateOf(context.TraceContext.TraceState) ?? Text(data, "MessageId") ?? trace ?? context.InvocationId;
        Correlation.Id = id;
        WriteTraceState(Activity.Current, id);
        using var scope = LogScope.Begin(log, ("CorrelationId", id), ("TraceId", trace), ("MessageId", Text(data, "MessageId")));
        await next(context);
    }

    /// <summary>Puts the id where what this invocation starts inherits it.</summary>
    internal static void WriteTraceState(Activity? activity, string id)
    {
        if (activity is { TraceStateString: null or "" })
        {
            activity.TraceStateString = Member + id;
        }
        else if (activity is not null && TraceStateOf(activity.TraceStateString) != id)
        {
            var others = Members(activity.TraceStateString).Where(member => !member.StartsWith(Member, StringComparison.Ordinal)).Take(31);
            activity.TraceStateString = string.Join(',', others.Prepend(Member + id));
        }
    }

    private static string? TraceStateOf(string? state) =>
        Members(state).FirstOrDefault(member => member.StartsWith(Member, StringComparison.Ordinal))?[Member.Length..] is { } id && Correlation.IsValid(id) ? id : null;

    private static string[] Members(string? state) =>
        state?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static string? Text(IReadOnlyDictionary<string, object?> data, string name) =>
        data.TryGetValue(name, out var value) && value?.ToString()?.Trim('"') is { Length: > 0 } text ? text : null;
}
