using Microsoft.DurableTask;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>Activities, sub-orchestrations and their retries.</summary>
internal sealed partial class OrchestrationContext
{
    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        execution.CheckThread();
        CheckCall(name, input, options);
        var version = options?.Version is { } asked ? asked.Version : Version;
        var payload = settings.Converter.Serialize(input);
        return Retried<TResult>(name, options, () => new TaskScheduled(name, Empty(version), payload)
        {
            TaskId = execution.NextTaskId(),
            Tags = Copy(options?.Tags),
        });
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        execution.CheckThread();
        CheckCall(orchestratorName, input, options);
        entities?.CheckSubOrchestration();
        var version = options?.Version is { } asked ? asked.Version : settings.Options.Versioning?.DefaultVersion;
        var instanceId = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        var payload = settings.Converter.Serialize(input);
        return Retried<TResult>(orchestratorName, options, () => new SubOrchestrationCreated(orchestratorName, Empty(version), instanceId)
        {
            TaskId = execution.NextTaskId(),
            Input = payload,
            Tags = Copy(options?.Tags),
        });
    }

    private static void CheckCall(TaskName name, object? input, TaskOptions? options)
    {
        if (name == default)
        {
            throw new ArgumentException("The name of the task must not be empty.", nameof(name));
        }

        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException(
                $"A {nameof(TaskOptions)} value was given as the input and none as the options. Name the parameter that is meant.", nameof(input));
        }
    }

    private static Dictionary<string, string>? Copy(IDictionary<string, string>? tags) =>
        tags is { Count: > 0 } ? new Dictionary<string, string>(tags) : null;

    private static string? Empty(string? version) => string.IsNullOrEmpty(version) ? null : version;

    private async Task<TResult> Retried<TResult>(TaskName name, TaskOptions? options, Func<ActionEvent> action)
    {
        var first = execution.Now;
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await execution.Schedule(action());
            var failure = outcome switch
            {
                TaskFailed failed => failed.Failure,
                SubOrchestrationFailed failed => failed.Failure,
                _ => null,
            };
            if (failure is null)
            {
                var result = (outcome as TaskCompleted)?.Result ?? (outcome as SubOrchestrationCompleted)?.Result;
                return settings.Converter.Deserialize<TResult>(result)!;
            }

            var exception = new TaskFailedException(name, outcome.TaskId, failure.ToDetails());
            if (failure.IsFinal || !await TryAgain(options?.Retry, exception, attempt, first))
            {
                throw exception;
            }
        }
    }

    private async Task<bool> TryAgain(TaskRetryOptions? retry, TaskFailedException exception, int attempt, DateTimeOffset first)
    {
        if (retry?.Handler is { } handler)
        {
            if (!execution.IsReplaying)
            {
                settings.Log.RetryingTask(exception.TaskName, InstanceId, attempt);
            }

            return await handler(new RetryContext(this, attempt, exception.FailureDetails, execution.Now - first, CancellationToken.None));
        }

        if (retry?.Policy is not { } policy || attempt >= policy.MaxNumberOfAttempts || !policy.Handle(exception))
        {
            return false;
        }

        if (policy.RetryTimeout != Timeout.InfiniteTimeSpan && execution.Now - first >= policy.RetryTimeout)
        {
            return false;
        }

        var wait = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        var longest = policy.MaxRetryInterval.TotalMilliseconds;
        await TimersUntil(execution.Now.AddMilliseconds(wait < longest ? wait : longest), CancellationToken.None);
        return true;
    }
}
