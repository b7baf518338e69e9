namespace Microsoft.DurableTask.ScheduledTasks;

/// <summary>There is no schedule of that id.</summary>
public class ScheduleNotFoundException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public ScheduleNotFoundException(string scheduleId)
        : this(scheduleId, null!)
    {
    }

    /// <summary>Creates the exception.</summary>
    public ScheduleNotFoundException(string scheduleId, Exception innerException)
        : base($"Schedule with ID '{scheduleId}' was not found.", innerException)
    {
        ScheduleId = scheduleId;
    }

    /// <summary>The id.</summary>
    public string ScheduleId { get; }
}

/// <summary>A schedule was asked for with options that make no sense.</summary>
public class ScheduleClientValidationException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public ScheduleClientValidationException(string scheduleId, string message)
        : this(scheduleId, message, null!)
    {
    }

    /// <summary>Creates the exception.</summary>
    public ScheduleClientValidationException(string scheduleId, string message, Exception innerException)
        : base($"Validation failed for schedule '{scheduleId}': {message}", innerException)
    {
        ScheduleId = scheduleId;
    }

    /// <summary>The schedule.</summary>
    public string ScheduleId { get; }
}

/// <summary>A schedule cannot do that in the state that it is in.</summary>
public class ScheduleInvalidTransitionException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public ScheduleInvalidTransitionException(string scheduleId, ScheduleStatus fromStatus, ScheduleStatus toStatus, string operationName)
        : this(scheduleId, fromStatus, toStatus, operationName, null!)
    {
    }

    /// <summary>Creates the exception.</summary>
    public ScheduleInvalidTransitionException(
        string scheduleId, ScheduleStatus fromStatus, ScheduleStatus toStatus, string operationName, Exception innerException)
        : base(
            $"Invalid state transition attempted for schedule '{scheduleId}': Cannot transition from {fromStatus} to {toStatus} during {operationName} operation.",
            innerException)
    {
        ScheduleId = scheduleId;
        FromStatus = fromStatus;
        ToStatus = toStatus;
        OperationName = operationName;
    }

    /// <summary>The schedule.</summary>
    public string ScheduleId { get; }

    /// <summary>The state that it is in.</summary>
    public ScheduleStatus FromStatus { get; }

    /// <summary>The state that was asked for.</summary>
    public ScheduleStatus ToStatus { get; }

    /// <summary>What was asked for.</summary>
    public string OperationName { get; }
}
