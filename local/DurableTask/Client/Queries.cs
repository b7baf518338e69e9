namespace Microsoft.DurableTask.Client;

/// <summary>Which instances a query returns.</summary>
/// <param name="CreatedFrom">Only those started at this time or later.</param>
/// <param name="CreatedTo">Only those started at this time or earlier.</param>
/// <param name="Statuses">Only those in one of these states.</param>
/// <param name="TaskHubNames">Only those of these task hubs.</param>
/// <param name="InstanceIdPrefix">Only those whose id begins so.</param>
/// <param name="PageSize">How many a page holds.</param>
/// <param name="FetchInputsAndOutputs">Whether inputs, outputs and custom status are read too.</param>
/// <param name="ContinuationToken">Where to go on.</param>
public record OrchestrationQuery(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null,
    IEnumerable<string>? TaskHubNames = null,
    string? InstanceIdPrefix = null,
    int PageSize = OrchestrationQuery.DefaultPageSize,
    bool FetchInputsAndOutputs = false,
    string? ContinuationToken = null)
{
    /// <summary>How many instances a page holds unless said otherwise.</summary>
    public const int DefaultPageSize = 100;
}

/// <summary>Which ended instances a purge removes.</summary>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null)
{
    /// <summary>The purge stops after this time, with <see cref="PurgeResult.IsComplete"/> false; no bound when not given.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>How a purge is done.</summary>
/// <param name="Recursive">Whether sub-orchestrations are purged too.</param>
public record PurgeInstanceOptions(bool Recursive = false);

/// <summary>What a purge did.</summary>
public class PurgeResult
{
    /// <summary>Creates a result.</summary>
    public PurgeResult(int count)
        : this(count, null)
    {
    }

    /// <summary>Creates a result.</summary>
    public PurgeResult(int count, bool? isComplete)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        PurgedInstanceCount = count;
        IsComplete = isComplete;
    }

    /// <summary>How many instances were removed.</summary>
    public int PurgedInstanceCount { get; }

    /// <summary>Whether nothing that matches is left; <c>null</c> when that is not known.</summary>
    public bool? IsComplete { get; }
}

/// <summary>How an instance is terminated.</summary>
/// <param name="Output">Its output.</param>
/// <param name="Recursive">Whether its sub-orchestrations are terminated too.</param>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);

/// <summary>A payload that has not been read yet.</summary>
public sealed class SerializedData
{
    /// <summary>Wraps a payload.</summary>
    public SerializedData(string data, DataConverter? converter = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Value = data;
        Converter = converter ?? Converters.JsonDataConverter.Default;
    }

    /// <summary>The payload's text.</summary>
    public string Value { get; }

    /// <summary>What reads it.</summary>
    public DataConverter Converter { get; }

    /// <summary>The payload as <typeparamref name="T"/>.</summary>
    public T ReadAs<T>() => Converter.Deserialize<T>(Value)!;
}

/// <summary>Options of a start that official code sets through methods.</summary>
public static class StartOrchestrationOptionsExtensions
{
    /// <summary>All states that an existing instance can be in.</summary>
    public static readonly IReadOnlyList<OrchestrationRuntimeStatus> ValidDedupeStatuses =
    [
        OrchestrationRuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated,
        OrchestrationRuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Running,
        OrchestrationRuntimeStatus.Suspended,
    ];

    /// <summary>Refuses the start when an instance of the id exists in one of <paramref name="dedupeStatuses"/>.</summary>
    public static StartOrchestrationOptions WithDedupeStatuses(
        this StartOrchestrationOptions options, params OrchestrationRuntimeStatus[] dedupeStatuses)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { DedupeStatuses = [.. dedupeStatuses.Select(status => status.ToString())] };
    }
}
