using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs the function on a schedule: six-field NCRONTAB, a <see cref="TimeSpan"/>, or <c>%Setting%</c> that holds either.</summary>
[BindingCapabilities(KnownBindingCapabilities.FunctionLevelRetry)]
[ConverterFallbackBehavior(ConverterFallbackBehavior.Allow)]
[InputConverter(typeof(Extensions.Timer.Converters.TimerInfoConverter))]
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>The schedule.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>Also run when the host starts.</summary>
    public bool RunOnStartup { get; set; }

    /// <summary>Keep the schedule's status, so that a run missed while the host was down is caught up. Off for schedules more frequent than a minute.</summary>
    [DefaultValue(true)]
    public bool UseMonitor { get; set; } = true;
}

/// <summary>What a timer function is told.</summary>
public class TimerInfo
{
    /// <summary>The monitor's status; null when the timer has none.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether this run was due earlier.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>The monitor's status of a schedule.</summary>
public class ScheduleStatus
{
    /// <summary>When the last run was due.</summary>
    public DateTime Last { get; set; }

    /// <summary>When the next run is due.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this status was written.</summary>
    public DateTime LastUpdated { get; set; }
}
