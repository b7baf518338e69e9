using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Durable.Deployments;

/// <summary>Starting runs, telling them things, and asking Roblox for a plan.</summary>
public static class DeploymentCalls
{
    private static readonly TimeSpan FactsLimit = TimeSpan.FromSeconds(15);

    /// <summary>Starts the run that never was, then tells it its signal. Made again it starts nothing twice, and a signal that comes twice changes nothing.</summary>
    public static async Task Send(this DurableTaskClient durable, DeploymentCall call, CancellationToken ct)
    {
        var id = call.Start.InstanceId;
        var run = await durable.GetInstanceAsync(id, getInputsAndOutputs: false, ct);
        if (call.Begin is { } begin && run is null)
        {
            var options = new StartOrchestrationOptions(id).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
            try
            {
                await durable.ScheduleNewOrchestrationInstanceAsync(DeploymentStart.Orchestration, new DeploymentInput(call.Start, begin), options, ct);
            }
            catch (OrchestrationAlreadyExistsException)
            {
                // Another delivery was faster: the id has its run.
            }
        }

        // A hub in Azure refuses an event to a run that has ended, and nothing would come of it.
        if (call.Signal is { } signal && run is not { IsCompleted: true })
        {
            await durable.RaiseEventAsync(id, DeploymentStart.Signal, signal, ct);
        }
    }

    /// <summary>Asks Roblox for a plan's facts; what it does not say in time is unknown.</summary>
    /// <param name="durable">The hub.</param>
    /// <param name="scene">For whom.</param>
    /// <param name="target">Where the release goes.</param>
    /// <param name="onlyPlaces">Ask only where the places stand.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<PlanFacts> Facts(this DurableTaskClient durable, CallScene scene, ReleaseTarget target, bool onlyPlaces, CancellationToken ct)
    {
        var id = await durable.ScheduleNewOrchestrationInstanceAsync(ReadPlanFactsInput.Orchestration, new ReadPlanFactsInput(scene, target, onlyPlaces), ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(FactsLimit);
        try
        {
            var ended = await durable.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, limit.Token);
            return ended is { RuntimeStatus: OrchestrationRuntimeStatus.Completed } ? ended.ReadOutputAs<PlanFacts>() ?? PlanFacts.Unknown : PlanFacts.Unknown;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await durable.TerminateInstanceAsync(id, "Nobody waits for it any more.", ct);
            return PlanFacts.Unknown;
        }
    }
}
