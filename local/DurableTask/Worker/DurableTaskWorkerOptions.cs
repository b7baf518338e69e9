using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Worker;

/// <summary>Options of a worker.</summary>
public class DurableTaskWorkerOptions
{
    /// <summary>Which versions a worker runs.</summary>
    public enum VersionMatchStrategy
    {
        /// <summary>All.</summary>
        None = 0,

        /// <summary>Only its own.</summary>
        Strict = 1,

        /// <summary>Its own and older ones.</summary>
        CurrentOrOlder = 2,
    }

    /// <summary>What a worker does with a version that it does not run.</summary>
    public enum VersionFailureStrategy
    {
        /// <summary>It leaves the orchestration to another worker.</summary>
        Reject = 0,

        /// <summary>It fails the orchestration.</summary>
        Fail = 1,
    }

    /// <summary>What reads and writes inputs, outputs, event payloads and states.</summary>
    public DataConverter DataConverter { get; set; } = JsonDataConverter.Default;

    /// <summary>Whether entities can be used.</summary>
    public bool EnableEntitySupport { get; set; }

    /// <summary>Longer timers are made of several of this length; three days unless set.</summary>
    public TimeSpan MaximumTimerInterval { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How the worker writes its log.</summary>
    public LoggingOptions Logging { get; } = new();

    /// <summary>Decides which orchestrations the worker runs, before their versions are looked at; all when not set.</summary>
    [Obsolete("Experimental")]
    public IOrchestrationFilter? OrchestrationFilter { get; set; }

    /// <summary>How much is done at once.</summary>
    public ConcurrencyOptions Concurrency { get; } = new();

    /// <summary>Which versions are run; all when not set.</summary>
    public VersioningOptions? Versioning { get; set; }

    /// <summary>Whether <see cref="Versioning"/> is set.</summary>
    public bool IsVersioningSet => Versioning is not null;

    /// <summary>How a worker writes its log.</summary>
    public class LoggingOptions
    {
        /// <summary>Whether the category of older versions, <c>Microsoft.DurableTask</c>, is written to as well; true unless set.</summary>
        public bool UseLegacyCategories { get; set; } = true;
    }

    /// <summary>How much a worker does at once.</summary>
    public class ConcurrencyOptions
    {
        /// <summary>Activities at once; 100 per processor unless set.</summary>
        public int MaximumConcurrentActivityWorkItems { get; set; } = 100 * Environment.ProcessorCount;

        /// <summary>Orchestration steps at once; 100 per processor unless set.</summary>
        public int MaximumConcurrentOrchestrationWorkItems { get; set; } = 100 * Environment.ProcessorCount;

        /// <summary>Entity batches at once; 100 per processor unless set.</summary>
        public int MaximumConcurrentEntityWorkItems { get; set; } = 100 * Environment.ProcessorCount;
    }

    /// <summary>Which versions a worker runs.</summary>
    public class VersioningOptions
    {
        /// <summary>The worker's version; empty for none.</summary>
        public string Version { get; set; } = string.Empty;

        /// <summary>The version of sub-orchestrations that are called without one.</summary>
        public string DefaultVersion { get; set; } = string.Empty;

        /// <summary>Which versions match.</summary>
        public VersionMatchStrategy MatchStrategy { get; set; } = VersionMatchStrategy.None;

        /// <summary>What is done with those that don't.</summary>
        public VersionFailureStrategy FailureStrategy { get; set; } = VersionFailureStrategy.Reject;
    }
}
