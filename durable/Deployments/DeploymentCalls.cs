using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.Budget;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Starting runs, telling them things, and asking Roblox for a plan.</summary>
public static class DeploymentCalls
{
    private static readonly TimeSpan FactsLimit = TimeSpan.FromSeconds(15);
    private static readonly OrchestrationRuntimeStatus[] Ended =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <summary>Starts the run that never was, or tells it a word. Made again it starts nothing twice, and a word that comes twice changes nothing.</summary>
    /// <param name="durable">The hub.</param>
    /// <param name="call">The call.</param>
    /// <param name="deployment">The deployment that it names, as its row has it.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task Send(this DurableTaskClient durable, DeploymentCall call, Deployment? deployment, CancellationToken ct)
    {
        var id = DeploymentStart.InstanceIdOf(call.Tenant, call.Id, call.Attempt);
        if (call.Signal is { } signal)
        {
            // Nothing would come of a signal to a run that has ended.
            await durable.TryRaiseEvent(id, DeploymentStart.Signal, signal, ct);
            return;
        }

        var (start, state) = deployment is null ? throw new InvalidOperationException($"There is no deployment {call.Id}.") : (deployment.Start, deployment.State);

        // A later attempt is started by a message of its own, and only after this one's run has ended.
        if (start.Attempt == call.Attempt && await durable.GetInstanceAsync(id, getInputsAndOutputs: false, ct) is null)
        {
            var options = new StartOrchestrationOptions(id).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
            try
            {
                await durable.ScheduleNewOrchestrationInstanceAsync(DeploymentStart.Orchestration, new DeploymentInput(start, state), options, ct);
            }
            catch (OrchestrationAlreadyExistsException)
            {
                // Another delivery was faster: the id has its run.
            }
        }
    }

    /// <summary>Until when nothing of an owner's is called, because Roblox failed several times in a row; null while all is well.</summary>
    public static async Task<DateTimeOffset?> PausedUntil(this DurableTaskClient durable, RobloxOwner owner, DateTimeOffset now, CancellationToken ct) =>
        await durable.Entities.GetEntityAsync<BudgetState>(new EntityInstanceId(nameof(RobloxBudget), owner.ToString()), ct) is { } budget
            ? BudgetRules.PausedUntil(budget.State, now)
            : null;

    /// <summary>Asks Roblox for a plan's facts; what it does not say in time is unknown.</summary>
    /// <param name="durable">The hub.</param>
    /// <param name="input">What is asked.</param>
    /// <param name="now">Business time.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<PlanFacts> Facts(this DurableTaskClient durable, ReadPlanFactsInput input, DateTimeOffset now, CancellationToken ct)
    {
        if (await durable.PausedUntil(input.Scene.Owner, now, ct) is not null)
        {
            return PlanFacts.Unknown;
        }

        var id = await durable.ScheduleNewOrchestrationInstanceAsync(
            ReadPlanFactsInput.Orchestration, input, new StartOrchestrationOptions(Ids.New(ReadPlanFactsInput.Prefix, now)), ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(FactsLimit);
        try
        {
            var ended = await durable.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, limit.Token);
            await durable.PurgeInstanceAsync(id, ct);
            return ended is { RuntimeStatus: OrchestrationRuntimeStatus.Completed } ? ended.ReadOutputAs<PlanFacts>() ?? PlanFacts.Unknown : PlanFacts.Unknown;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await durable.TryTerminate(id, "Nobody waits for it any more.", ct);
            return PlanFacts.Unknown;
        }
    }

    /// <summary>Forgets asked facts whose asker could not: it did not wait for their end, or died; the number of them.</summary>
    public static async Task<int> ForgetFacts(this DurableTaskClient durable, DateTimeOffset askedBefore, CancellationToken ct)
    {
        var query = new OrchestrationQuery(CreatedTo: askedBefore, Statuses: Ended, InstanceIdPrefix: $"{ReadPlanFactsInput.Prefix}_");
        var ids = new List<string>();
        await foreach (var run in durable.GetAllInstancesAsync(query).WithCancellation(ct))
        {
            ids.Add(run.InstanceId);
        }

        foreach (var id in ids)
        {
            await durable.PurgeInstanceAsync(id, ct);
        }

        return ids.Count;
    }
}
