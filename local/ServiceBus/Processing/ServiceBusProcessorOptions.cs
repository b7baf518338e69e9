namespace Azure.Messaging.ServiceBus;

/// <summary>Options of a processor.</summary>
public class ServiceBusProcessorOptions
{
    private int prefetchCount;
    private int maxConcurrentCalls = 1;
    private TimeSpan maxAutoLockRenewalDuration = TimeSpan.FromMinutes(5);

    /// <inheritdoc cref="ServiceBusReceiverOptions.PrefetchCount"/>
    public int PrefetchCount
    {
        get => prefetchCount;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            prefetchCount = value;
        }
    }

    /// <summary>Default peek-lock.</summary>
    public ServiceBusReceiveMode ReceiveMode { get; set; }

    /// <summary>Whether a message is completed when its handler returns; default yes.</summary>
    public bool AutoCompleteMessages { get; set; } = true;

    /// <summary>For how long locks are renewed while a handler runs; default 5 min, zero: not at all.</summary>
    public TimeSpan MaxAutoLockRenewalDuration
    {
        get => maxAutoLockRenewalDuration;
        set
        {
            if (value != Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            }

            maxAutoLockRenewalDuration = value;
        }
    }

    /// <summary>How many handlers run at the same time; at least 1, default 1.</summary>
    public int MaxConcurrentCalls
    {
        get => maxConcurrentCalls;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            maxConcurrentCalls = value;
        }
    }

    /// <summary>The entity itself, or its dead letters.</summary>
    public SubQueue SubQueue { get; set; }

    /// <summary>Names the processor in logs.</summary>
    public string? Identifier { get; set; }
}

/// <summary>Options of a session processor.</summary>
public class ServiceBusSessionProcessorOptions
{
    private int prefetchCount;
    private int maxConcurrentSessions = 8;
    private int maxConcurrentCallsPerSession = 1;
    private TimeSpan maxAutoLockRenewalDuration = TimeSpan.FromMinutes(5);
    private TimeSpan? sessionIdleTimeout;

    /// <inheritdoc cref="ServiceBusReceiverOptions.PrefetchCount"/>
    public int PrefetchCount
    {
        get => prefetchCount;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            prefetchCount = value;
        }
    }

    /// <summary>Default peek-lock.</summary>
    public ServiceBusReceiveMode ReceiveMode { get; set; }

    /// <summary>Whether a message is completed when its handler returns; default yes.</summary>
    public bool AutoCompleteMessages { get; set; } = true;

    /// <summary>For how long the session's lock is renewed while messages come; default 5 min, zero: not at all.</summary>
    public TimeSpan MaxAutoLockRenewalDuration
    {
        get => maxAutoLockRenewalDuration;
        set
        {
            if (value != Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            }

            maxAutoLockRenewalDuration = value;
        }
    }

    /// <summary>How many sessions are held at the same time; at least 1, default 8.</summary>
    public int MaxConcurrentSessions
    {
        get => maxConcurrentSessions;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            maxConcurrentSessions = value;
        }
    }

    /// <summary>How many handlers of one session run at the same time; at least 1, default 1.</summary>
    public int MaxConcurrentCallsPerSession
    {
        get => maxConcurrentCallsPerSession;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            maxConcurrentCallsPerSession = value;
        }
    }

    /// <summary>After so long without a message a session is given back; positive, default the client's try time-out.</summary>
    public TimeSpan? SessionIdleTimeout
    {
        get => sessionIdleTimeout;
        set
        {
            if (value is { } given)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(given, TimeSpan.Zero);
            }

            sessionIdleTimeout = value;
        }
    }

    /// <summary>The sessions to process; empty: all.</summary>
    public IList<string> SessionIds { get; } = [];

    /// <summary>Names the processor in logs.</summary>
    public string? Identifier { get; set; }
}
