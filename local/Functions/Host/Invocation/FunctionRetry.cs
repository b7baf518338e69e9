using System.Globalization;
using Microsoft.Azure.Functions.Worker;

namespace ToolboxAI.Local.Functions;

/// <summary>Runs a function again in this process as its retry attribute says. The attempts share one invocation id.</summary>
internal static class FunctionRetry
{
    /// <summary>Runs <paramref name="function"/> until it succeeds, its attempts are used up or <paramref name="cancellationToken"/> is cancelled.</summary>
    public static async Task<FunctionInvocationResult> InvokeWithRetryAsync(
        this FunctionInvoker invoker,
        LocalFunction function,
        object? triggerValue,
        IReadOnlyDictionary<string, object?>? bindingData,
        CancellationToken cancellationToken)
    {
        var retry = function.Retry;
        var id = Guid.NewGuid().ToString();
        for (var attempt = 0; ; attempt++)
        {
            var options = new InvocationOptions { InvocationId = id, RetryCount = attempt, MaxRetryCount = retry?.MaxRetryCount };
            var result = await invoker.InvokeAsync(function, triggerValue, bindingData, options, cancellationToken).ConfigureAwait(false);
            if (result.Succeeded || retry is null || cancellationToken.IsCancellationRequested
                || (retry.MaxRetryCount != -1 && attempt >= retry.MaxRetryCount))
            {
                return result;
            }

            // Retries within a process wait on the machine's clock. A stop ends the wait, and with it the attempts.
            await Task.Delay(Delay(retry, attempt), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal static TimeSpan Delay(RetryAttribute retry, int attempt)
    {
        if (retry is FixedDelayRetryAttribute @fixed)
        {
            return TimeSpan.Parse(@fixed.DelayInterval, CultureInfo.InvariantCulture);
        }

        var backoff = (ExponentialBackoffRetryAttribute)retry;
        var least = TimeSpan.Parse(backoff.MinimumInterval, CultureInfo.InvariantCulture);
        var most = TimeSpan.Parse(backoff.MaximumInterval, CultureInfo.InvariantCulture);
        var jitter = 0.8 + (Random.Shared.NextDouble() * 0.4);
        var grown = least.TotalMilliseconds * (Math.Pow(2, Math.Min(attempt, 30)) * jitter);
        return TimeSpan.FromMilliseconds(Math.Clamp(grown, least.TotalMilliseconds, most.TotalMilliseconds));
    }
}
