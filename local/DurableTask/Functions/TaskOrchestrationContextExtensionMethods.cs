using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.DurableTask.Engine;

namespace Microsoft.DurableTask;

/// <summary>What an orchestrator of a function app can do beyond the Durable Task API.</summary>
public static partial class TaskOrchestrationContextExtensionMethods
{
    /// <summary>The property of the context that says how long to wait between polls when the answer does not.</summary>
    internal const string PollingInterval = "HttpDefaultAsyncRequestSleepTimeMilliseconds";

    private const double DefaultPollingMilliseconds = 30_000;

    /// <summary>The invocation's function context; <c>null</c> outside of a function app.</summary>
    public static FunctionContext? GetFunctionContext(this TaskOrchestrationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ((context as OrchestrationContext)?.HostState as OrchestrationInvocation)?.FunctionContext;
    }

    /// <summary>
    /// Makes a request outside of the orchestration. Statuses are no failures; with retry options the last answer is returned. A 202 is
    /// followed when the request says so: after its <c>Retry-After</c> (host.json's <c>defaultAsyncRequestSleepTimeMilliseconds</c>
    /// when it has none) its <c>Location</c> is asked with GET and the same headers. All waits are durable timers.
    /// </summary>
    /// <exception cref="TaskFailedException">The request took longer than its time-out, or could not be sent.</exception>
    public static async Task<DurableHttpResponse> CallHttpAsync(this TaskOrchestrationContext context, DurableHttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(request);
        var log = context.CreateReplaySafeLogger("Microsoft.Azure.Functions.Worker.Extensions.DurableTask.CallHttp");
        var response = await Retried(context, request);
        while (response.StatusCode == HttpStatusCode.Accepted && request.AsynchronousPatternEnabled)
        {
            await context.CreateTimer(context.CurrentUtcDateTime + Wait(context, response), CancellationToken.None);
            if (response.Headers?.TryGetValue("Location", out var location) != true)
            {
                LogNoLocation(log);
                break;
            }

            LogPolling(log, location.ToString());
            response = await Send(context, new DurableHttpRequest(HttpMethod.Get, new Uri(location.ToString()), request.Headers, true));
        }

        return response;
    }

    /// <inheritdoc cref="CallHttpAsync(TaskOrchestrationContext, DurableHttpRequest)"/>
    public static Task<DurableHttpResponse> CallHttpAsync(
        this TaskOrchestrationContext context, HttpMethod method, Uri uri, string? content = null, HttpRetryOptions? retryOptions = null) =>
        context.CallHttpAsync(method, uri, content, retryOptions, false);

    /// <inheritdoc cref="CallHttpAsync(TaskOrchestrationContext, DurableHttpRequest)"/>
    public static Task<DurableHttpResponse> CallHttpAsync(
        this TaskOrchestrationContext context,
        HttpMethod method,
        Uri uri,
        string? content = null,
        HttpRetryOptions? retryOptions = null,
        bool asynchronousPatternEnabled = false) =>
        context.CallHttpAsync(method, uri, content, retryOptions, asynchronousPatternEnabled, null, null);

    /// <inheritdoc cref="CallHttpAsync(TaskOrchestrationContext, DurableHttpRequest)"/>
    public static Task<DurableHttpResponse> CallHttpAsync(
        this TaskOrchestrationContext context,
        HttpMethod method,
        Uri uri,
        string? content = null,
        HttpRetryOptions? retryOptions = null,
        bool asynchronousPatternEnabled = false,
        TokenSource? tokenSource = null,
        TimeSpan? timeout = null) =>
        context.CallHttpAsync(new DurableHttpRequest(method, uri)
        {
            Content = content,
            HttpRetryOptions = retryOptions,
            AsynchronousPatternEnabled = asynchronousPatternEnabled,
            TokenSource = tokenSource,
            Timeout = timeout,
        });

    private static async Task<DurableHttpResponse> Retried(TaskOrchestrationContext context, DurableHttpRequest request)
    {
        var retry = request.HttpRetryOptions;
        var first = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            var response = await Attempt(context, request, attempt, first);
            if (response is not null && (!Again(context, retry, attempt, first) || !IsToRetry(retry!, response.StatusCode)))
            {
                return response;
            }

            var wait = retry!.FirstRetryInterval.TotalMilliseconds * Math.Pow(retry.BackoffCoefficient, attempt - 1);
            var longest = retry.MaxRetryInterval.TotalMilliseconds;
            await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(wait < longest ? wait : longest), CancellationToken.None);
        }
    }

    /// <summary>The answer; <c>null</c> when there was none and the request is to be made again.</summary>
    private static async Task<DurableHttpResponse?> Attempt(
        TaskOrchestrationContext context, DurableHttpRequest request, int attempt, DateTime first)
    {
        try
        {
            return await Send(context, request);
        }
        catch (TaskFailedException e) when (IsOfTransport(e.FailureDetails) && Again(context, request.HttpRetryOptions, attempt, first))
        {
            return null;
        }
    }

    private static Task<DurableHttpResponse> Send(TaskOrchestrationContext context, DurableHttpRequest request) =>
        context.CallActivityAsync<DurableHttpResponse>(BuiltInHttpActivity.Name, request);

    private static bool Again(TaskOrchestrationContext context, HttpRetryOptions? retry, int attempt, DateTime first) =>
        retry is not null && attempt < retry.MaxNumberOfAttempts && context.CurrentUtcDateTime - first < retry.RetryTimeout;

    private static bool IsToRetry(HttpRetryOptions retry, HttpStatusCode status) =>
        retry.StatusCodesToRetry.Count > 0 ? retry.StatusCodesToRetry.Contains(status) : (int)status >= 400;

    private static bool IsOfTransport(TaskFailureDetails failure) =>
        failure.IsCausedBy<TimeoutException>() || failure.IsCausedBy<HttpRequestException>() || failure.IsCausedBy<OperationCanceledException>();

    private static TimeSpan Wait(TaskOrchestrationContext context, DurableHttpResponse response) =>
        response.Headers?.TryGetValue("Retry-After", out var after) == true && int.TryParse(after, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.FromMilliseconds(
                context.Properties.TryGetValue(PollingInterval, out var configured) && configured is double given ? given : DefaultPollingMilliseconds);

    [LoggerMessage(1, LogLevel.Warning, "The HTTP answer 202 has no Location header: its status cannot be polled.")]
    private static partial void LogNoLocation(ILogger logger);

    [LoggerMessage(2, LogLevel.Information, "Polling the HTTP status at {Location}.")]
    private static partial void LogPolling(ILogger logger, string location);
}
