namespace Microsoft.DurableTask.ScheduledTasks;

/// <summary>Creates, finds and lists schedules.</summary>
public abstract class ScheduledTaskClient
{
    /// <summary>Creates a schedule, or gives an existing one another plan.</summary>
    public abstract Task<ScheduleClient> CreateScheduleAsync(ScheduleCreationOptions creationOptions, CancellationToken cancellation = default);

    /// <summary>The schedule; <c>null</c> when there is none of that id.</summary>
    public abstract Task<ScheduleDescription?> GetScheduleAsync(string scheduleId, CancellationToken cancellation = default);

    /// <summary>A client of one schedule; it need not exist.</summary>
    public abstract ScheduleClient GetScheduleClient(string scheduleId);

    /// <summary>The schedules that match <paramref name="filter"/>.</summary>
    public abstract AsyncPageable<ScheduleDescription> ListSchedulesAsync(ScheduleQuery? filter = null);
}

/// <summary>Reads and steers one schedule. What was steered has happened when the method returns.</summary>
public abstract class ScheduleClient
{
    /// <summary>Creates a client.</summary>
    protected ScheduleClient(string scheduleId)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        ScheduleId = scheduleId;
    }

    /// <summary>The schedule's id.</summary>
    public string ScheduleId { get; }

    /// <summary>Creates the schedule, or gives it another plan.</summary>
    public abstract Task CreateAsync(ScheduleCreationOptions creationOptions, CancellationToken cancellation = default);

    /// <summary>The schedule.</summary>
    /// <exception cref="ScheduleNotFoundException">There is none.</exception>
    public abstract Task<ScheduleDescription> DescribeAsync(CancellationToken cancellation = default);

    /// <summary>Removes the schedule; what it has started goes on.</summary>
    public abstract Task DeleteAsync(CancellationToken cancellation = default);

    /// <summary>Lets the schedule wait.</summary>
    /// <exception cref="InvalidOperationException">It is not active.</exception>
    public abstract Task PauseAsync(CancellationToken cancellation = default);

    /// <summary>Lets the schedule go on.</summary>
    /// <exception cref="InvalidOperationException">It is not paused.</exception>
    public abstract Task ResumeAsync(CancellationToken cancellation = default);

    /// <summary>Changes the schedule's plan.</summary>
    /// <exception cref="InvalidOperationException">It was not created.</exception>
    public abstract Task UpdateAsync(ScheduleUpdateOptions updateOptions, CancellationToken cancellation = default);
}
