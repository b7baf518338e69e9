namespace Azure.Messaging.ServiceBus;

/// <summary>Time-outs and retries of a client.</summary>
public class ServiceBusRetryOptions
{
    private int maxRetries = 3;
    private TimeSpan delay = TimeSpan.FromSeconds(0.8);
    private TimeSpan maxDelay = TimeSpan.FromMinutes(1);
    private TimeSpan tryTimeout = TimeSpan.FromMinutes(1);

    /// <summary>How the delay grows; default exponential.</summary>
    public ServiceBusRetryMode Mode { get; set; } = ServiceBusRetryMode.Exponential;

    /// <summary>0 to 100, default 3.</summary>
    public int MaxRetries
    {
        get => maxRetries;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            maxRetries = value;
        }
    }

    /// <summary>1 ms to 5 min, default 0.8 s.</summary>
    public TimeSpan Delay
    {
        get => delay;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(1));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMinutes(5));
            delay = value;
        }
    }

    /// <summary>Not negative, default 1 min.</summary>
    public TimeSpan MaxDelay
    {
        get => maxDelay;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            maxDelay = value;
        }
    }

    /// <summary>Longest wait of one try, also of a receive that names none; up to an hour, default 1 min.</summary>
    public TimeSpan TryTimeout
    {
        get => tryTimeout;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromHours(1));
            tryTimeout = value;
        }
    }

    /// <summary>Replaces the built-in policy.</summary>
    public ServiceBusRetryPolicy? CustomRetryPolicy { get; set; }
}

/// <summary>How the delay between tries grows.</summary>
public enum ServiceBusRetryMode
{
    /// <summary>Always the same.</summary>
    Fixed = 0,

    /// <summary>It doubles.</summary>
    Exponential = 1,
}

/// <summary>A retry policy of one's own.</summary>
public abstract class ServiceBusRetryPolicy
{
    /// <summary>For the deriving class.</summary>
    protected ServiceBusRetryPolicy()
    {
    }

    /// <summary>The longest wait of a try; attempts count from 0.</summary>
    public abstract TimeSpan CalculateTryTimeout(int attemptCount);

    /// <summary>The delay before the next try; null: no more.</summary>
    public abstract TimeSpan? CalculateRetryDelay(Exception lastException, int attemptCount);
}
