using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Tests.Local.DurableTask;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Local.Billing;

/// <summary>Calls of runs, on a hub that refuses what the one in Azure refuses.</summary>
public sealed class DunningCallsTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData(OrchestrationRuntimeStatus.Pending, true)]
    [InlineData(OrchestrationRuntimeStatus.Running, true)]
    [InlineData(OrchestrationRuntimeStatus.Suspended, true)]
    [InlineData(OrchestrationRuntimeStatus.Completed, false)]
    [InlineData(OrchestrationRuntimeStatus.Failed, false)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, false)]
    public async Task A_signal_reaches_a_run_that_goes_on_and_is_let_go_for_one_that_has_ended(OrchestrationRuntimeStatus? status, bool isTold)
    {
        var start = new DunningStart
        {
            Tenant = ProductDatabase.Demo,
            InvoiceId = "in_1",
            CustomerId = "cus_1",
            SubscriptionId = "sub_1",
            Plan = "school-monthly",
            Policy = DunningPolicy.Default,
            FirstFailureAt = DateTimeOffset.UnixEpoch,
            Card = "pm_first",
            Amount = 4_900,
        };
        await using var hub = new StrictHub(start.InstanceId, status);
        await hub.Send([new DunningCall(start, new DunningSignal(SignalKind.Paid))], CancellationToken.None);

        Assert.Equal(isTold ? [start.InstanceId] : [], hub.Told);
    }
}
