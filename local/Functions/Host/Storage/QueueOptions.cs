using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>Section <c>extensions.queues</c> of host.json, with the real host's defaults.</summary>
internal sealed class QueueOptions
{
    /// <summary>How many messages are fetched at once, 1 to 32.</summary>
    public int BatchSize { get; set; } = 16;

    /// <summary>The next batch is fetched when no more than this many are being worked on; null: half a batch for each processor.</summary>
    public int? NewBatchThreshold { get; set; }

    /// <summary>How often a message is tried before it goes to the poison queue.</summary>
    public int MaxDequeueCount { get; set; } = 5;

    /// <summary>How long a message that failed stays invisible.</summary>
    public TimeSpan VisibilityTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>The longest wait between looks at an empty queue. The real host's default is a minute; a developer would think it broken.</summary>
    public TimeSpan MaxPollingInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The most messages being worked on when the next batch is fetched.</summary>
    public int Threshold => NewBatchThreshold ?? BatchSize / 2 * Environment.ProcessorCount;

    public static QueueOptions Read(HostSettings host) => host.Extension("queues").Get<QueueOptions>() ?? new();
}
