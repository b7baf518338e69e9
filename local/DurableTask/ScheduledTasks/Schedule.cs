using Microsoft.DurableTask.Entities;
using ToolboxAI.Local.DurableTask.Engine;

namespace Microsoft.DurableTask.ScheduledTasks;

/// <summary>What is kept of a schedule.</summary>
internal sealed class ScheduleState
{
    public ScheduleStatus Status { get; set; }

    public string ExecutionToken { get; set; } = string.Empty;

    public DateTimeOffset? LastRunAt { get; set; }

    public DateTimeOffset? NextRunAt { get; set; }

    public DateTimeOffset? ScheduleCreatedAt { get; set; }

    public DateTimeOffset? ScheduleLastModifiedAt { get; set; }

    public ScheduleCreationOptions? ScheduleConfiguration { get; set; }
}

/// <summary>
/// A schedule: an entity that signals itself at the next start. A token in the signal tells whether the plan was changed meanwhile.
/// </summary>
internal sealed class Schedule : TaskEntity<ScheduleState>
{
    /// <summary>Creates the schedule, or gives an existing one another plan.</summary>
    public void CreateSchedule(TaskEntityContext context, ScheduleCreationOptions scheduleCreationOptions)
    {
        var now = EntityBatch.Now(context);
        State.ScheduleConfiguration = scheduleCreationOptions
            ?? throw new ScheduleClientValidationException(context.Id.Key, "Schedule creation options cannot be null");
        State.Status = ScheduleStatus.Active;
        State.ScheduleCreatedAt = State.ScheduleLastModifiedAt = now;
        State.NextRunAt = State.LastRunAt = null;
        Plan(context);
    }

    /// <summary>Changes the plan of a schedule, be it active or paused.</summary>
    public void UpdateSchedule(TaskEntityContext context, ScheduleUpdateOptions scheduleUpdateOptions)
    {
        Require(context, State.Status is ScheduleStatus.Active or ScheduleStatus.Paused, State.Status, nameof(UpdateSchedule));
        var before = State.ScheduleConfiguration!;
        var after = ScheduleRules.Update(before, scheduleUpdateOptions
            ?? throw new ScheduleClientValidationException(context.Id.Key, "Schedule update options cannot be null"));
        if (after == before)
        {
            return;
        }

        State.ScheduleConfiguration = after;
        State.ScheduleLastModifiedAt = EntityBatch.Now(context);
        if ((after.StartAt, after.Interval) != (before.StartAt, before.Interval))
        {
            State.NextRunAt = null;
        }

        State.ExecutionToken = Guid.NewGuid().ToString("N");
        if (State.Status == ScheduleStatus.Active)
        {
            Plan(context);
        }
    }

    /// <summary>Lets an active schedule wait.</summary>
    public void PauseSchedule(TaskEntityContext context)
    {
        Require(context, State.Status == ScheduleStatus.Active, ScheduleStatus.Paused, nameof(PauseSchedule));
        State.Status = ScheduleStatus.Paused;
        State.NextRunAt = null;
        State.ExecutionToken = Guid.NewGuid().ToString("N");
    }

    /// <summary>Lets a paused schedule go on.</summary>
    public void ResumeSchedule(TaskEntityContext context)
    {
        Require(context, State.Status == ScheduleStatus.Paused, ScheduleStatus.Active, nameof(ResumeSchedule));
        State.Status = ScheduleStatus.Active;
        State.NextRunAt = null;
        Plan(context);
    }

    /// <summary>Starts the orchestration when it is due, and signals itself for the next time.</summary>
    public void RunSchedule(TaskEntityContext context, string executionToken)
    {
        if (State.ScheduleConfiguration is not { } plan)
        {
            State = null!;   // a late signal does not bring a deleted schedule back
            return;
        }

        if (executionToken != State.ExecutionToken)
        {
            return;   // a plan from before an update or a pause
        }

        if (State.Status != ScheduleStatus.Active)
        {
            throw new InvalidOperationException("Schedule must be in Active status to run.");
        }

        var now = EntityBatch.Now(context);
        if (now > plan.EndAt)
        {
            State.NextRunAt = null;
            return;
        }

        var next = State.NextRunAt ?? ScheduleRules.Next(plan, State.ScheduleCreatedAt, State.LastRunAt, now);
        if (next <= now)
        {
            var options = string.IsNullOrEmpty(plan.OrchestrationInstanceId) ? null : new StartOrchestrationOptions(plan.OrchestrationInstanceId);
            context.ScheduleNewOrchestration(plan.OrchestrationName, plan.OrchestrationInput, options);
            State.LastRunAt = now;
            next = ScheduleRules.Next(plan, State.ScheduleCreatedAt, State.LastRunAt, now);
        }

        State.NextRunAt = next;
        context.SignalEntity(context.Id, nameof(RunSchedule), State.ExecutionToken, new SignalEntityOptions { SignalTime = next });
    }

    private void Plan(TaskEntityContext context)
    {
        State.ExecutionToken = Guid.NewGuid().ToString("N");
        context.SignalEntity(context.Id, nameof(RunSchedule), State.ExecutionToken);
    }

    private void Require(TaskEntityContext context, bool allowed, ScheduleStatus target, string operation)
    {
        if (!allowed)
        {
            throw new ScheduleInvalidTransitionException(context.Id.Key, State.Status, target, operation);
        }
    }
}

/// <summary>When a schedule starts its orchestration.</summary>
internal static class ScheduleRules
{
    public static void CheckInterval(TimeSpan interval)
    {
        if (interval < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException(
                interval <= TimeSpan.Zero ? "Interval must be positive" : "Interval must be at least 1 second", nameof(interval));
        }
    }

    /// <summary>
    /// The next start: the first one, or else the next full interval since it. A first one that is past is made up for when the
    /// schedule says so.
    /// </summary>
    public static DateTimeOffset Next(ScheduleCreationOptions plan, DateTimeOffset? createdAt, DateTimeOffset? lastRunAt, DateTimeOffset now)
    {
        if (plan.StartAt > now)
        {
            return plan.StartAt.Value;
        }

        if (lastRunAt is null && plan is { StartImmediatelyIfLate: true, StartAt: not null })
        {
            return now;
        }

        var first = plan.StartAt ?? createdAt ?? now;
        return first + (plan.Interval * (((now - first).Ticks / plan.Interval.Ticks) + 1));
    }

    public static ScheduleCreationOptions Update(ScheduleCreationOptions plan, ScheduleUpdateOptions update) =>
        new(
            plan.ScheduleId,
            string.IsNullOrEmpty(update.OrchestrationName) ? plan.OrchestrationName : update.OrchestrationName,
            update.Interval ?? plan.Interval)
        {
            OrchestrationInput = update.OrchestrationInput ?? plan.OrchestrationInput,
            OrchestrationInstanceId = string.IsNullOrEmpty(update.OrchestrationInstanceId) ? plan.OrchestrationInstanceId : update.OrchestrationInstanceId,
            StartAt = update.StartAt ?? plan.StartAt,
            EndAt = update.EndAt ?? plan.EndAt,
            StartImmediatelyIfLate = update.StartImmediatelyIfLate ?? plan.StartImmediatelyIfLate,
        };
}
