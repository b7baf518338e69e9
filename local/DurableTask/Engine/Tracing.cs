using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>
/// The trace activities of the original, of the source <c>Microsoft.DurableTask</c>. An orchestration's span is told when it ends, and
/// that of a call when its outcome arrives; what happens meanwhile names them as its parents all the same, because their ids follow
/// from the execution. Spans are told after the commit, once, and stand on the hub's clock.
/// </summary>
internal static class Tracing
{
    private static readonly ActivitySource Source = new("Microsoft.DurableTask");

    /// <summary>Whether anybody listens.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>The client's start of an orchestration.</summary>
    public static Activity? Creating(string instanceId, string name, string? version, string executionId) =>
        Tag(
            Source.StartActivity(Name("create_orchestration", name, version), ActivityKind.Producer),
            "orchestration",
            name,
            instanceId,
            version)?.SetTag("durabletask.task.execution_id", executionId);

    /// <summary>The client's sending of an event.</summary>
    public static Activity? Raising(string instanceId, string name) =>
        Tag(Source.StartActivity(Name("orchestration_event", name, null), ActivityKind.Producer), "event", name, null, null)?
            .SetTag("durabletask.event.target_instance_id", instanceId);

    /// <summary>The execution of an activity.</summary>
    public static Activity? Executing(LeasedActivity leased, DateTimeOffset now)
    {
        var call = leased.Call;
        return Parse(TaskContext(call.TraceParent, leased.ExecutionId, call.TaskId)) is { } parent
            ? Tag(
                Source.StartActivity(Name("activity", call.Name, call.Version), ActivityKind.Server, parent, startTime: now),
                "activity",
                call.Name,
                call.InstanceId,
                call.Version)?.SetTag("durabletask.task.task_id", call.TaskId)
            : null;
    }

    /// <summary>The trace context under which an orchestration's code runs; <c>null</c> when its start had none.</summary>
    public static string? OrchestrationContext(ExecutionStarted started) => Derive(started.TraceParent, started.ExecutionId);

    /// <summary>The trace context of a call, given the one under which its orchestration was started.</summary>
    public static string? TaskContext(string? traceParent, string executionId, int taskId) => Derive(traceParent, $"{executionId}#{taskId}");

    /// <summary>Makes the orchestration's span the current one, so that what its code starts and logs belongs to it.</summary>
    public static IDisposable? Enter(ExecutionStarted? started)
    {
        if (started is null || OrchestrationContext(started) is not { } context)
        {
            return null;
        }

        var activity = new Activity(Name("orchestration", started.Name, started.Version)).SetParentId(started.TraceParent!);
        activity.TraceStateString = started.TraceState;
        activity.Start();
        Become(activity, context);
        return activity;
    }

    /// <summary>Tells the spans that a committed step has ended.</summary>
    public static void Tell(StepTrace trace)
    {
        if (Parse(OrchestrationContext(trace.Started)) is not { } parent)
        {
            return;
        }

        foreach (var (action, outcome) in trace.Finished)
        {
            Tell(trace, parent, action, outcome);
        }

        foreach (var sent in trace.Sent)
        {
            using var span = Tag(
                Source.StartActivity(Name("orchestration_event", sent.Name, null), ActivityKind.Producer, parent, startTime: sent.At),
                "event",
                sent.Name,
                trace.InstanceId,
                null);
            span?.SetTag("durabletask.task.execution_id", trace.Started.ExecutionId)
                .SetTag("durabletask.event.target_instance_id", sent.InstanceId)
                .SetEndTime(sent.At.UtcDateTime);
        }

        if (trace.Status is { } status)
        {
            TellEnd(trace, status);
        }
    }

    private static void Tell(StepTrace trace, ActivityContext parent, ActionEvent action, OutcomeEvent outcome)
    {
        var started = trace.Started;
        using var span = action switch
        {
            TaskScheduled task => Tag(
                Source.StartActivity(Name("activity", task.Name, task.Version), ActivityKind.Client, parent, startTime: task.At),
                "activity", task.Name, trace.InstanceId, task.Version)?.SetTag("durabletask.task.task_id", task.TaskId),
            SubOrchestrationCreated sub => Tag(
                Source.StartActivity(Name("orchestration", sub.Name, sub.Version), ActivityKind.Client, parent, startTime: sub.At),
                "orchestration", sub.Name, trace.InstanceId, sub.Version),
            TimerCreated timer => Tag(
                Source.StartActivity($"orchestration:{started.Name}:timer", ActivityKind.Internal, parent, startTime: timer.At),
                "timer", started.Name, trace.InstanceId, null)?
                .SetTag("durabletask.fire_at", timer.FireAt.UtcDateTime.ToString("o")).SetTag("durabletask.task.task_id", timer.TaskId),
            _ => null,
        };
        if (span is null)
        {
            return;
        }

        Become(span, TaskContext(started.TraceParent, started.ExecutionId, action.TaskId)!);
        if (((outcome as TaskFailed)?.Failure ?? (outcome as SubOrchestrationFailed)?.Failure) is { } failure)
        {
            span.SetStatus(ActivityStatusCode.Error, failure.Message);
        }

        span.SetEndTime(trace.Now.UtcDateTime);
    }

    private static void TellEnd(StepTrace trace, string status)
    {
        var started = trace.Started;
        var starter = ActivityContext.Parse(started.TraceParent!, started.TraceState);
        using var span = Tag(
            Source.StartActivity(Name("orchestration", started.Name, started.Version), ActivityKind.Server, starter, startTime: trace.Begun),
            "orchestration",
            started.Name,
            trace.InstanceId,
            started.Version);
        if (span is not null)
        {
            Become(span, OrchestrationContext(started)!);
            span.SetTag("durabletask.task.status", status).SetEndTime(trace.Now.UtcDateTime);
            if (status == nameof(OrchestrationRuntimeStatus.Failed))
            {
                span.SetStatus(ActivityStatusCode.Error, trace.FailureMessage);
            }
        }
    }

    private static Activity? Tag(Activity? span, string type, string name, string? instanceId, string? version)
    {
        span?.SetTag("durabletask.type", type).SetTag("durabletask.task.name", name);
        if (instanceId is not null)
        {
            span?.SetTag("durabletask.task.instance_id", instanceId);
        }

        return string.IsNullOrEmpty(version) ? span : span?.SetTag("durabletask.task.version", version);
    }

    private static string Name(string kind, string name, string? version) =>
        string.IsNullOrEmpty(version) ? $"{kind}:{name}" : $"{kind}:{name}@({version})";

    private static ActivityContext? Parse(string? context) => ActivityContext.TryParse(context, null, out var parsed) ? parsed : null;

    /// <summary>The context of a span whose id follows from <paramref name="seed"/>, in the trace of <paramref name="traceParent"/>.</summary>
    private static string? Derive(string? traceParent, string seed)
    {
        if (Parse(traceParent) is not { } parent)
        {
            return null;
        }

        var span = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 8));
        return $"00-{parent.TraceId}-{span}-{(parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
    }

    /// <summary>Gives a span the id by which others know it. There is no public way; the original does the same.</summary>
    private static void Become(Activity span, string context)
    {
        SpanIdOf(span) = context.Split('-')[2];
        IdOf(span) = context;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanIdOf(Activity activity);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_id")]
    private static extern ref string? IdOf(Activity activity);
}

/// <summary>What of a step is told to those who trace.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Started">How its execution began.</param>
/// <param name="Begun">When its execution began.</param>
/// <param name="Now">The step's time.</param>
/// <param name="Finished">The calls and timers whose outcome came.</param>
/// <param name="Sent">The events that its code sent.</param>
internal sealed record StepTrace(
    string InstanceId,
    ExecutionStarted Started,
    DateTimeOffset Begun,
    DateTimeOffset Now,
    IReadOnlyList<(ActionEvent Action, OutcomeEvent Outcome)> Finished,
    IReadOnlyList<EventSent> Sent)
{
    /// <summary>How the execution ended, as the original names it; <c>null</c> while it goes on.</summary>
    public string? Status { get; init; }

    /// <summary>The message of the failure that ended it.</summary>
    public string? FailureMessage { get; init; }
}
