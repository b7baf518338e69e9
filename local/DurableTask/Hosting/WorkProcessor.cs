using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Makes commits out of leased work: the one path that workers and simulations share.</summary>
internal sealed class WorkProcessor(Hub hub, ITaskHost host, TimeProvider clock)
{
    private readonly StepRunner steps = new(host, clock);
    private readonly EntityRunner entities = new(host, clock);
    private readonly ActivityRunner activities = new(host, clock);
    private readonly LiveExecutions live = new(hub.LiveExecutions);

    /// <summary>Runs a step of an orchestration, or a batch of an entity.</summary>
    public async Task<Step> RunAsync(LeasedInstance leased, CancellationToken cancellationToken)
    {
        if (hub.Payloads is not { } payloads)
        {
            return await StepAsync(leased, cancellationToken).ConfigureAwait(false);
        }

        leased = await payloads.ResolveAsync(leased, cancellationToken).ConfigureAwait(false);
        var step = await StepAsync(leased, cancellationToken).ConfigureAwait(false);
        try
        {
            return step with { Commit = await payloads.ExternalizeAsync(step.Commit, cancellationToken).ConfigureAwait(false) };
        }
        catch (PayloadStorageException e) when (!leased.Instance.IsEntity)
        {
            return steps.Fail(leased, Failure.From(e) with { IsFinal = true });
        }
    }

    private async Task<Step> StepAsync(LeasedInstance leased, CancellationToken cancellationToken)
    {
        var instance = leased.Instance;
        if (instance.IsEntity)
        {
            return new Step(await entities.RunAsync(leased, cancellationToken).ConfigureAwait(false), null);
        }

        if (instance.IsEnded)
        {
            return StepRunner.Discard(leased);
        }

        if (await FilteredAsync(instance, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            return steps.Fail(leased, failure);
        }

        if (Versions.Refusal(host.Settings.Options.Versioning, instance.Version) is { } mismatch)
        {
            return steps.Fail(leased, mismatch);
        }

        if (live.Take(instance.Key, instance.Sequence) is { } execution)
        {
            return steps.Run(leased, execution);
        }

        var history = instance.Sequence == 0 ? [] : await hub.Store.ReadHistoryAsync(instance.Key, cancellationToken).ConfigureAwait(false);
        var (replayed, failed) = steps.Replay(leased, history);
        return failed ?? steps.Run(leased, replayed);
    }

    /// <summary>Asks the worker's orchestration filter; gives the failure of a filter that throws.</summary>
    /// <exception cref="WorkRejectedException">The filter leaves the instance to other workers.</exception>
    private async ValueTask<Failure?> FilteredAsync(Instance instance, CancellationToken cancellationToken)
    {
#pragma warning disable CS0618 // experimental, as in the original
        if (host.Settings.Options.OrchestrationFilter is not { } filter)
        {
            return null;
        }
#pragma warning restore CS0618

        try
        {
            var parameters = new OrchestrationFilterParameters { Name = instance.Name, Tags = instance.Tags };
            return await filter.IsOrchestrationValidAsync(parameters, cancellationToken).ConfigureAwait(false)
                ? null
                : throw new WorkRejectedException("The worker's orchestration filter leaves it to others.");
        }
        catch (Exception e) when (e is not (WorkRejectedException or OperationCanceledException))
        {
            return Failure.From(e, host.Settings.ExceptionProperties);
        }
    }

    /// <summary>Runs an activity.</summary>
    public async Task<ActivityCommit> RunAsync(LeasedActivity leased, CancellationToken cancellationToken)
    {
        if (hub.Payloads is not { } payloads)
        {
            return await activities.RunAsync(leased, cancellationToken).ConfigureAwait(false);
        }

        leased = await payloads.ResolveAsync(leased, cancellationToken).ConfigureAwait(false);
        var commit = await activities.RunAsync(leased, cancellationToken).ConfigureAwait(false);
        try
        {
            return await payloads.ExternalizeAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        catch (PayloadStorageException e)
        {
            var outcome = commit.Outcome;
            return commit with
            {
                Outcome = new TaskFailed(Failure.From(e) with { IsFinal = true }) { TaskId = leased.Call.TaskId, For = outcome.For, At = outcome.At },
            };
        }
    }

    /// <summary>The instance as it is after the last step that was made here, while its execution is kept in memory.</summary>
    public Instance? Live(long key) => live.Find(key);

    /// <summary>Keeps what is worth keeping of a step that was committed.</summary>
    public void Committed(Step step)
    {
        if (step.Trace is { } trace)
        {
            Tracing.Tell(trace);
        }

        if (step is { Live: { } execution, Commit.DropsHistory: false })
        {
            live.Keep(step.Commit.After, execution);
        }
    }
}
