using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>Section <c>extensions.serviceBus</c> of host.json, with the real host's defaults.</summary>
internal sealed class ServiceBusOptions
{
    /// <summary>Complete messages whose function succeeded, unless the trigger says otherwise.</summary>
    public bool AutoCompleteMessages { get; set; } = true;

    /// <summary>How many messages of one trigger are handled at once.</summary>
    public int MaxConcurrentCalls { get; set; } = 16 * Environment.ProcessorCount;

    /// <summary>How many sessions of one trigger are handled at once.</summary>
    public int MaxConcurrentSessions { get; set; } = 8;

    /// <summary>How many messages of one session are handled at once.</summary>
    public int MaxConcurrentCallsPerSession { get; set; } = 1;

    /// <summary>The most messages in a batch.</summary>
    public int MaxMessageBatchSize { get; set; } = 1000;

    /// <summary>The fewest messages in a batch, unless <see cref="MaxBatchWaitTime"/> has passed.</summary>
    public int MinMessageBatchSize { get; set; } = 1;

    /// <summary>How long a batch waits to be filled.</summary>
    public TimeSpan MaxBatchWaitTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long locks are renewed while a function runs.</summary>
    public TimeSpan MaxAutoLockRenewalDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a session without messages is kept. The real host's default is a minute; here a second, so that
    /// more sessions than places don't hold up an advance of the clock.
    /// </summary>
    public TimeSpan SessionIdleTimeout { get; set; } = TimeSpan.FromSeconds(1);

    public static ServiceBusOptions Read(HostSettings host) => host.Extension("serviceBus").Get<ServiceBusOptions>() ?? new();
}
