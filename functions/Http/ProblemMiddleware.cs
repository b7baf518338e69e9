using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Functions.Http;

/// <summary>Whatever an HTTP function throws becomes a problem. For HTTP only: a queue function's exception must reach the host.</summary>
public sealed partial class ProblemMiddleware(ILogger<ProblemMiddleware> log) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        try
        {
            await next(context);
        }
        catch (RequestRefusedException e)
        {
            await e.Refusal.ToProblem().ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            CallerLeft(context.FunctionDefinition.Name);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            Failed(context.FunctionDefinition.Name, e);
            await Problems.Of(e).ExecuteAsync(http);
        }
    }

    [LoggerMessage(1100, LogLevel.Error, "Function {Function} failed")]
    private partial void Failed(string function, Exception exception);

    [LoggerMessage(1101, LogLevel.Information, "The caller of function {Function} did not wait for its answer")]
    private partial void CallerLeft(string function);
}
