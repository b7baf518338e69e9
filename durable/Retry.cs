using Microsoft.DurableTask;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Durable;

/// <summary>How activities are tried again. They are safe to run twice; nothing else in between retries.</summary>
public static class Retry
{
    /// <summary>
    /// Until the outside is well again: after 10 s, then ever more slowly up to every two hours, for about four days. What can
    /// never work fails at once, and the run with it, for an operator to see.
    /// </summary>
    public static TaskOptions Patient { get; } = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 60, TimeSpan.FromSeconds(10), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromHours(2))
        {
            HandleFailure = failure => !failure.IsCausedBy<PermanentPaymentsException>(),
        });

    /// <summary>Until what was away for a night's maintenance is back: about six hours.</summary>
    public static TaskOptions Hours { get; } = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 15, TimeSpan.FromSeconds(10), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromHours(1)));

    /// <summary>Long enough for a new key to be known everywhere at its issuer: about ten minutes.</summary>
    public static TaskOptions Minutes { get; } = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 7, TimeSpan.FromSeconds(10), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(5)));
}
