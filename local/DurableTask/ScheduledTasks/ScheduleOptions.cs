namespace Microsoft.DurableTask.ScheduledTasks;

/// <summary>What a schedule does and when.</summary>
public record ScheduleCreationOptions
{
    /// <summary>Creates options.</summary>
    /// <param name="scheduleId">The schedule's id.</param>
    /// <param name="orchestrationName">The orchestration that it starts.</param>
    /// <param name="interval">The time between two starts; at least a second.</param>
    /// <exception cref="ArgumentException">An empty id or name, or too short an interval.</exception>
    public ScheduleCreationOptions(string scheduleId, string orchestrationName, TimeSpan interval)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        ArgumentException.ThrowIfNullOrEmpty(orchestrationName);
        ScheduleRules.CheckInterval(interval);
        ScheduleId = scheduleId;
        OrchestrationName = orchestrationName;
        Interval = interval;
    }

    /// <summary>The orchestration that is started.</summary>
    public string OrchestrationName { get; }

    /// <summary>The schedule's id.</summary>
    public string ScheduleId { get; }

    /// <summary>The orchestration's input.</summary>
    public string? OrchestrationInput { get; init; }

    /// <summary>The orchestration's instance id; while an instance of it runs, no other is started. A new one each time when not given.</summary>
    public string? OrchestrationInstanceId { get; init; }

    /// <summary>The first start. Not given: an interval after the creation.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>After this nothing is started any more.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>The time between two starts.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Whether a start whose time was before the creation is made at once instead of an interval later.</summary>
    public bool StartImmediatelyIfLate { get; init; }
}

/// <summary>What is to change of a schedule; what is not given stays.</summary>
public record ScheduleUpdateOptions
{
    private readonly TimeSpan? interval;

    /// <summary>The orchestration that is started.</summary>
    public string? OrchestrationName { get; init; }

    /// <summary>The orchestration's input.</summary>
    public string? OrchestrationInput { get; init; }

    /// <summary>The orchestration's instance id.</summary>
    public string? OrchestrationInstanceId { get; init; }

    /// <summary>The first start.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>After this nothing is started any more.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>The time between two starts; at least a second.</summary>
    public TimeSpan? Interval
    {
        get => interval;
        init
        {
            if (value is { } given)
            {
                ScheduleRules.CheckInterval(given);
            }

            interval = value;
        }
    }

    /// <summary>Whether a late start is made at once.</summary>
    public bool? StartImmediatelyIfLate { get; init; }
}

/// <summary>The states of a schedule.</summary>
public enum ScheduleStatus
{
    /// <summary>It was not created yet.</summary>
    Uninitialized = 0,

    /// <summary>It starts its orchestration.</summary>
    Active = 1,

    /// <summary>It waits to be resumed.</summary>
    Paused = 2,
}

/// <summary>What is known of a schedule.</summary>
public record ScheduleDescription
{
    /// <summary>The schedule's id.</summary>
    public string ScheduleId { get; init; } = string.Empty;

    /// <summary>The orchestration that is started.</summary>
    public string? OrchestrationName { get; init; }

    /// <summary>The orchestration's input.</summary>
    public string? OrchestrationInput { get; init; }

    /// <summary>The orchestration's instance id.</summary>
    public string? OrchestrationInstanceId { get; init; }

    /// <summary>The first start.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>After this nothing is started any more.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>The time between two starts.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Whether a late start is made at once.</summary>
    public bool? StartImmediatelyIfLate { get; init; }

    /// <summary>The state.</summary>
    public ScheduleStatus Status { get; init; }

    /// <summary>What tells the current plan from those before an update or a pause.</summary>
    public string ExecutionToken { get; init; } = string.Empty;

    /// <summary>The last start.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>The next start.</summary>
    public DateTimeOffset? NextRunAt { get; init; }
}

/// <summary>Which schedules a query returns.</summary>
public record ScheduleQuery
{
    /// <summary>How many schedules a page holds unless said otherwise.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>Only those in this state.</summary>
    public ScheduleStatus? Status { get; init; }

    /// <summary>Only those whose id begins so.</summary>
    public string? ScheduleIdPrefix { get; init; }

    /// <summary>Only those created later.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Only those created earlier.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    /// <summary>How many a page holds.</summary>
    public int? PageSize { get; init; }

    /// <summary>Where to go on.</summary>
    public string? ContinuationToken { get; init; }
}
