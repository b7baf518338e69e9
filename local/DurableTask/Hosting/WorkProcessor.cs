using Microsoft.DurableTask.Worker;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Makes commits out of leased work: the one path that workers and simulations share.</summary>
internal sealed class WorkProcessor(IHubStore store, ITaskHost host, TimeProvider clock, int liveExecutions)
{
    private readonly StepRunner steps = new(host, clock);
    private readonly EntityRunner entities = new(host, clock);
    private readonly ActivityRunner activities = new(host, clock);
    private readonly LiveExecutions live = new(liveExecutions);

    /// <summary>Runs a step of an orchestration, or a batch of an entity.</summary>
    public async Task<Step> RunAsync(LeasedInstance leased, CancellationToken cancellationToken)
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

        var history = instance.Sequence == 0 ? [] : await store.ReadHistoryAsync(instance.Key, cancellationToken).ConfigureAwait(false);
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
    public Task<ActivityCommit> RunAsync(LeasedActivity leased, CancellationToken cancellationToken) =>
        activities.RunAsync(leased, cancellationToken);

    /// <summary>Keeps what is worth keeping of a step that was committed.</summary>
    public void Committed(Step step)
    {
        if (step.Trace is { } trace)
        {
            Tracing.Tell(trace);
        }

        if (step is { Live: { } execution, Commit.DropsHistory: false })
        {
            live.Keep(step.Commit.Key, step.Commit.After.Sequence, execution);
        }
    }
}
