using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Deployments;

/// <summary>Starts a run that was asked for, or tells it what a person decided.</summary>
public sealed class ApplyDeploymentCall
{
    [Function(nameof(ApplyDeploymentCall))]
    public Task Run(
        [ServiceBusTrigger(DeploymentCall.Queue, Connection = "ServiceBusConnection")] string message, [DurableClient] DurableTaskClient durable, CancellationToken ct) =>
        durable.Send(JsonSerializer.Deserialize<DeploymentCall>(message, ApiJson.Options)!, ct);
}
