using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>
/// What a worker tells of its work. Programs and their alerts look for it: categories, event ids, event names and the values
/// <c>Name</c> and <c>InstanceId</c> are those of the original.
/// </summary>
/// <param name="loggers">Where it is told.</param>
/// <param name="legacy">Whether the worker's own lines go to the category of older versions as well.</param>
internal sealed partial class WorkerLog(ILoggerFactory loggers, bool legacy)
{
    /// <summary>Tells nothing: a function app's host tells of its invocations itself.</summary>
    public static readonly WorkerLog Silent = new(NullLoggerFactory.Instance, false);

    private readonly ILogger orchestrations = loggers.CreateLogger("Microsoft.DurableTask.Worker.Orchestrations");
    private readonly ILogger activities = loggers.CreateLogger("Microsoft.DurableTask.Worker.Activities");
    private readonly ILogger[] worker = legacy
        ? [loggers.CreateLogger("Microsoft.DurableTask.Worker"), loggers.CreateLogger("Microsoft.DurableTask")]
        : [loggers.CreateLogger("Microsoft.DurableTask.Worker")];

    public void OrchestrationStarted(string name, string instanceId) => OrchestrationStarted(orchestrations, name, instanceId);

    public void OrchestrationCompleted(string name, string instanceId) => OrchestrationCompleted(orchestrations, name, instanceId);

    public void OrchestrationFailed(Exception exception, string name, string instanceId) =>
        OrchestrationFailed(orchestrations, exception, name, instanceId);

    public void ActivityStarted(ActivityCall call) => ActivityStarted(activities, call.Name, call.InstanceId);

    public void ActivityCompleted(ActivityCall call) => ActivityCompleted(activities, call.Name, call.InstanceId);

    public void ActivityFailed(Exception exception, ActivityCall call) => ActivityFailed(activities, exception, call.Name, call.InstanceId);

    /// <summary>A retry handler is asked whether to try a task again.</summary>
    public void RetryingTask(string name, string instanceId, int attempt)
    {
        foreach (var logger in worker)
        {
            RetryingTask(logger, name, instanceId, attempt);
        }
    }

    /// <summary>What a step of an orchestration asks for.</summary>
    public void StepMade(OrchestrationExecution execution, StepOutcome outcome)
    {
        foreach (var logger in worker.Where(logger => logger.IsEnabled(LogLevel.Debug)))
        {
            var names = outcome.Actions.Select(NameOf).Concat(execution.End is null ? [] : ["CompleteOrchestration"]).ToList();
            SendingOrchestratorResponse(logger, execution.Start?.Name, execution.InstanceId, names.Count, string.Join(", ", names));
        }
    }

    private static string NameOf(ActionEvent action) => action switch
    {
        TaskScheduled => "ScheduleTask",
        SubOrchestrationCreated => "CreateSubOrchestration",
        TimerCreated => "CreateTimer",
        EventSent => "SendEvent",
        _ => "SendEntityMessage",
    };

    [LoggerMessage(11, LogLevel.Debug, "{InstanceId}: '{Name}' asks for {Count} action(s): {Actions}")]
    private static partial void SendingOrchestratorResponse(ILogger logger, string? name, string instanceId, int count, string actions);

    [LoggerMessage(55, LogLevel.Information, "{InstanceId}: the retry handler decides on '{Name}' after attempt {Attempt}")]
    private static partial void RetryingTask(ILogger logger, string name, string instanceId, int attempt);

    [LoggerMessage(600, LogLevel.Information, "Orchestration '{Name}' begins as '{InstanceId}'")]
    private static partial void OrchestrationStarted(ILogger logger, string name, string instanceId);

    [LoggerMessage(601, LogLevel.Information, "Orchestration '{Name}' ('{InstanceId}') is complete")]
    private static partial void OrchestrationCompleted(ILogger logger, string name, string instanceId);

    [LoggerMessage(602, LogLevel.Information, "Orchestration '{Name}' ('{InstanceId}') failed")]
    private static partial void OrchestrationFailed(ILogger logger, Exception exception, string name, string instanceId);

    [LoggerMessage(603, LogLevel.Information, "Activity '{Name}' begins for '{InstanceId}'")]
    private static partial void ActivityStarted(ILogger logger, string name, string instanceId);

    [LoggerMessage(604, LogLevel.Information, "Activity '{Name}' is complete for '{InstanceId}'")]
    private static partial void ActivityCompleted(ILogger logger, string name, string instanceId);

    [LoggerMessage(605, LogLevel.Information, "Activity '{Name}' failed for '{InstanceId}'")]
    private static partial void ActivityFailed(ILogger logger, Exception exception, string name, string instanceId);
}
