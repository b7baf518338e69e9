using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Durable.Billing;

/// <summary>Starting runs and telling them things.</summary>
public static class DunningCalls
{
    /// <summary>
    /// Starts each run that never was, then tells it its signal. Made again after a crash it starts nothing twice, and a signal that
    /// comes twice changes nothing.
    /// </summary>
    public static async Task Send(this DurableTaskClient durable, IEnumerable<DunningCall> calls, CancellationToken ct)
    {
        foreach (var call in calls)
        {
            var id = call.Start.InstanceId;
            if (await durable.GetInstanceAsync(id, getInputsAndOutputs: false, ct) is null)
            {
                await Start(durable, call.Start, ct);
            }

            // Nothing would come of a signal to a run that has ended.
            if (call.Signal is { } signal)
            {
                await durable.TryRaiseEvent(id, DunningStart.Signal, signal with { CorrelationId = Correlation.Id }, ct);
            }
        }
    }

    private static async Task Start(DurableTaskClient durable, DunningStart start, CancellationToken ct)
    {
        var options = new StartOrchestrationOptions(start.InstanceId)
            .WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(DunningStart.Orchestration, new DunningInput(start, CorrelationId: Correlation.Id), options, ct);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Another delivery was faster: the id has its run.
        }
    }
}
