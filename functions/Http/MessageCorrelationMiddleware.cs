using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>A message goes on with the correlation id of the call that sent it. The host goes on with its trace.</summary>
public sealed class MessageCorrelationMiddleware(ILogger<MessageCorrelationMiddleware> log) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var data = context.BindingContext.BindingData;
        var id = Text(data, "CorrelationId") ?? Text(data, "MessageId") ?? context.InvocationId;
        Correlation.Id = id;
        using var scope = log.BeginScope(new Dictionary<string, object?> { ["CorrelationId"] = id, ["MessageId"] = Text(data, "MessageId") });
        await next(context);
    }

    private static string? Text(IReadOnlyDictionary<string, object?> data, string name) =>
        data.TryGetValue(name, out var value) && value?.ToString()?.Trim('"') is { Length: > 0 } text ? text : null;
}
