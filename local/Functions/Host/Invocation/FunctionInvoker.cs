using System.Collections;
using System.Collections.ObjectModel;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>Runs functions: builds the context, runs the worker's middleware pipeline, keeps the result. Triggers call it.</summary>
public sealed partial class FunctionInvoker
{
    private static readonly ActivitySource Source = new("Microsoft.Azure.Functions.Worker");

    private readonly WorkerPipeline pipeline;
    private readonly InputBinder binder;
    private readonly IServiceScopeFactory scopes;
    private readonly Outputs outputs;
    private readonly TimeSpan? longest;
    private readonly ILogger log;

    internal FunctionInvoker(
        WorkerPipeline pipeline, InputBinder binder, Outputs outputs, IServiceScopeFactory scopes, HostSettings host, ILoggerFactory loggers)
    {
        this.outputs = outputs;
        longest = host.FunctionTimeout;
        this.pipeline = pipeline;
        this.binder = binder;
        this.scopes = scopes;
        log = loggers.CreateLogger("Function");
    }

    /// <summary>Runs <paramref name="function"/> once. What it throws is in the result.</summary>
    /// <param name="function">The function.</param>
    /// <param name="triggerValue">What the trigger's parameter is bound to, through the converters.</param>
    /// <param name="bindingData">What else the trigger tells; parameters are bound to it by name. Use a dictionary that ignores case.</param>
    /// <param name="options">Further things to say.</param>
    /// <param name="cancellationToken">What the function sees as its cancellation.</param>
    public async Task<FunctionInvocationResult> InvokeAsync(
        LocalFunction function,
        object? triggerValue,
        IReadOnlyDictionary<string, object?>? bindingData = null,
        InvocationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= InvocationOptions.None;
        using var activity = Start(function, options);
        var limit = new InvocationLimit(longest, cancellationToken);
        var context = new InvocationContext(scopes, binder, function, triggerValue, bindingData, options, Activity.Current, limit.Token);
        using var scope = log.BeginScope(new InvocationScope(context));
        var invocation = RunAsync(context, options);
        try
        {
            var result = await ResultAsync(context, limit, invocation, cancellationToken).ConfigureAwait(false);
            if (result.Exception is { } failure && !cancellationToken.IsCancellationRequested)
            {
                activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            }

            return result;
        }
        finally
        {
            if (invocation.IsCompleted)
            {
                await EndAsync(invocation, context, limit).ConfigureAwait(false);
            }
            else
            {
                _ = EndAsync(invocation, context, limit);
            }
        }
    }

    private async Task RunAsync(InvocationContext context, InvocationOptions options)
    {
        options.Prepare?.Invoke(context);
        await pipeline.Execute(context).ConfigureAwait(false);
        if (context.HasOutputs)
        {
            await outputs.SendAsync(context).ConfigureAwait(false);
        }
    }

    private async Task<FunctionInvocationResult> ResultAsync(
        InvocationContext context, InvocationLimit limit, Task invocation, CancellationToken cancellationToken)
    {
        var name = context.Function.Name;
        var started = Stopwatch.GetTimestamp();
        try
        {
            await limit.WatchAsync(invocation, context).ConfigureAwait(false);
            if (log.IsEnabled(LogLevel.Debug))
            {
                LogExecuted(log, name, context.InvocationId, Elapsed(started));
            }

            return new(context.Result, OutputsOf(context), null);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            LogCancelled(log, name, context.InvocationId, Elapsed(started));
            return new(null, OutputsOf(context), e);
        }
        catch (Exception e)
        {
            LogFailed(log, e, name, context.InvocationId, Elapsed(started));
            return new(null, OutputsOf(context), e) { LeftBehind = invocation.IsCompleted ? Task.CompletedTask : invocation };
        }
    }

    private static long Elapsed(long started) => (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;

    private static IReadOnlyDictionary<string, object?> OutputsOf(InvocationContext context) =>
        context.HasOutputs ? context.Outputs : ReadOnlyDictionary<string, object?>.Empty;

    private static async Task EndAsync(Task invocation, InvocationContext context, InvocationLimit limit)
    {
        await invocation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await context.DisposeAsync().ConfigureAwait(false);
        limit.Dispose();
    }

    // A message's trace goes on even when nobody collects activities, so that what the function sends carries it too.
    private static Activity? Start(LocalFunction function, InvocationOptions options)
    {
        if (options.TraceParent is null)
        {
            return Source.HasListeners() ? Source.StartActivity($"function {function.Name}", ActivityKind.Server) : null;
        }

        _ = ActivityContext.TryParse(options.TraceParent, options.TraceState, isRemote: true, out var parent);
        return Source.StartActivity($"function {function.Name}", ActivityKind.Server, parent)
            ?? new Activity($"function {function.Name}").SetParentId(options.TraceParent).Start();
    }

    [LoggerMessage(1, LogLevel.Debug, "Executed 'Functions.{Function}' (Succeeded, Id={InvocationId}, Duration={Duration}ms)")]
    private static partial void LogExecuted(ILogger log, string function, string invocationId, long duration);

    [LoggerMessage(2, LogLevel.Error, "Executed 'Functions.{Function}' (Failed, Id={InvocationId}, Duration={Duration}ms)")]
    private static partial void LogFailed(ILogger log, Exception exception, string function, string invocationId, long duration);

    [LoggerMessage(3, LogLevel.Information, "Executed 'Functions.{Function}' (Cancelled, Id={InvocationId}, Duration={Duration}ms)")]
    private static partial void LogCancelled(ILogger log, string function, string invocationId, long duration);

    /// <summary>What every log line of an invocation carries.</summary>
    private sealed class InvocationScope(InvocationContext context) : IReadOnlyList<KeyValuePair<string, object>>
    {
        public int Count => 2;

        public KeyValuePair<string, object> this[int index] => index switch
        {
            0 => new("AzureFunctions_FunctionName", context.Function.Name),
            1 => new("AzureFunctions_InvocationId", context.InvocationId),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

        public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
        {
            yield return this[0];
            yield return this[1];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => $"Function {context.Function.Name}, invocation {context.InvocationId}";
    }
}
