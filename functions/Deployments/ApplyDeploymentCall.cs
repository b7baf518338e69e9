using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Functions.Deployments;

/// <summary>Starts a run that was asked for, or tells it what a person decided.</summary>
public sealed class ApplyDeploymentCall(DeploymentDesk desk)
{
    [Function(nameof(ApplyDeploymentCall))]
    public async Task Run(
        [ServiceBusTrigger(DeploymentCall.Queue, Connection = "ServiceBusConnection")] string message, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var call = DeploymentCall.Read(message);
        await durable.Send(call, await desk.Find(call.Tenant, call.Id, ct), ct);
    }
}
