namespace Microsoft.Azure.Functions.Worker;

/// <summary>Makes a public method a function. Names are unique without regard to case.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    /// <summary>The function's name.</summary>
    public string Name { get; } = name;
}

/// <summary>
/// Runs a failed function again in the same process, where the trigger has the capability
/// (<see cref="Extensions.Abstractions.KnownBindingCapabilities.FunctionLevelRetry"/>).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class RetryAttribute : Attribute
{
    /// <summary>Creates the attribute.</summary>
    public RetryAttribute()
    {
    }

    /// <summary>How often the function runs again after its first failure; -1 is for ever.</summary>
    public int MaxRetryCount { get; set; }
}

/// <summary>Waits the same time before each further attempt.</summary>
public sealed class FixedDelayRetryAttribute : RetryAttribute
{
    /// <summary>Creates the attribute; the interval is a <see cref="TimeSpan"/> as text.</summary>
    public FixedDelayRetryAttribute(int maxRetryCount, string delayInterval)
    {
        MaxRetryCount = maxRetryCount;
        DelayInterval = delayInterval;
    }

    /// <summary>The wait, a <see cref="TimeSpan"/> as text.</summary>
    public string DelayInterval { get; }
}

/// <summary>Waits longer before each further attempt, from the minimum up to the maximum.</summary>
public sealed class ExponentialBackoffRetryAttribute : RetryAttribute
{
    /// <summary>Creates the attribute; the intervals are <see cref="TimeSpan"/>s as text.</summary>
    public ExponentialBackoffRetryAttribute(int maxRetryCount, string minimumInterval, string maximumInterval)
    {
        MaxRetryCount = maxRetryCount;
        MinimumInterval = minimumInterval;
        MaximumInterval = maximumInterval;
    }

    /// <summary>The shortest wait, a <see cref="TimeSpan"/> as text.</summary>
    public string MinimumInterval { get; }

    /// <summary>The longest wait, a <see cref="TimeSpan"/> as text.</summary>
    public string MaximumInterval { get; }
}
