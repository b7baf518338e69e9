using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Tests.Local.DurableTask;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Local.Deployments;

/// <summary>Calls of runs, on a hub that refuses what the one in Azure refuses.</summary>
public sealed class DeploymentCallsTests
{
    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Running, true)]
    [InlineData(OrchestrationRuntimeStatus.Completed, false)]
    [InlineData(OrchestrationRuntimeStatus.Failed, false)]
    public async Task A_signal_reaches_a_run_that_goes_on_and_is_let_go_for_one_that_has_ended(OrchestrationRuntimeStatus status, bool isTold)
    {
        var start = new DeploymentStart(ProductDatabase.Demo, "d1", Fence: 1, Attempt: 1, DeploymentKind.Deploy, Release: null, Goal: null);
        await using var hub = new StrictHub(start.InstanceId, status);
        await hub.Send(DeploymentCall.Of(start, new(DeploymentSignalKind.Approve, "ann")), null, CancellationToken.None);

        Assert.Equal(isTold ? [start.InstanceId] : [], hub.Told);
    }
}
