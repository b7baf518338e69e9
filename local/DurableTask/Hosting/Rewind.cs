using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>
/// Takes a failed instance back to before its failure. The last step is undone: what it received is received again. Failures on
/// the way that the code did not act upon (a fan-out awaits all of them) are taken back too. What failed is then done again.
/// </summary>
internal static class Rewind
{
    public static RewindCommit Plan(Instance instance, IReadOnlyList<HistoryEvent> history, string? reason, DateTimeOffset now)
    {
        var steps = Steps(history);
        var failed = new HashSet<int>();
        var messages = new List<NewMessage>();
        var kept = new List<HistoryEvent>();
        foreach (var (index, step) in steps.Index())
        {
            var isLast = index == steps.Count - 1;
            var acted = step.Any(happened => happened is ActionEvent);
            var isUndone = isLast || !acted;
            failed.UnionWith(step.Where(IsFailure).Where(_ => isUndone).Select(happened => ((OutcomeEvent)happened).TaskId));
            if (!isLast)
            {
                kept.AddRange(step.Where(happened => !(isUndone && IsFailure(happened))));
                continue;
            }

            messages.AddRange(step
                .Where(happened => happened is not (StepStarted or ActionEvent or ExecutionCompleted) && !IsFailure(happened))
                .Select(happened => new NewMessage(instance.Id, happened)));
        }

        kept.Add(new ExecutionRewound(reason) { At = now });
        var again = kept.OfType<TaskScheduled>().Where(call => failed.Contains(call.TaskId))
            .Select(call => new NewActivity(call.TaskId, call.Name, call.Version, call.Input) { Tags = call.Tags });
        return new RewindCommit(
            instance with { Status = Microsoft.DurableTask.Client.OrchestrationRuntimeStatus.Running, Output = null, Failure = null, CompletedAt = null, UpdatedAt = now },
            kept,
            [.. again],
            messages)
        {
            Children = [.. kept.OfType<SubOrchestrationCreated>().Where(call => failed.Contains(call.TaskId)).Select(call => call.InstanceId)],
        };
    }

    private static bool IsFailure(HistoryEvent happened) => happened is TaskFailed or SubOrchestrationFailed;

    private static List<List<HistoryEvent>> Steps(IReadOnlyList<HistoryEvent> history)
    {
        var steps = new List<List<HistoryEvent>>();
        foreach (var happened in history)
        {
            if (happened is StepStarted || steps.Count == 0)
            {
                steps.Add([]);
            }

            steps[^1].Add(happened);
        }

        return steps;
    }
}
