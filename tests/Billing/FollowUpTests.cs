using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Tests.Support.Billing;

namespace ToolboxAI.Tests.Billing;

/// <summary>What follows from an applied event is done, also when its message is given up after the change was committed.</summary>
public sealed class FollowUpTests
{
    private static readonly TimeSpan UntilSwept = TimeSpan.FromMinutes(16);
    private readonly BillingWorld world = new();

    [Fact]
    public async Task A_run_that_could_not_be_started_is_started_by_the_sweep_s_message()
    {
        var invoice = await world.FailedRenewal();
        await ApplyAndLose("invoice.payment_failed");
        Assert.Equal(DunningStatus.Running, (await world.Run(invoice))!.Status);

        Assert.Equal((0, 1), await SweepLater());
        Assert.Equal(invoice, Assert.Single(await world.Apply()).Start.InvoiceId);
        Assert.Equal((0, 0), await SweepLater());
    }

    [Fact]
    public async Task A_run_that_could_not_be_told_of_a_card_is_told_by_the_sweep_s_message()
    {
        await world.FailedRenewal();
        await world.PostAndApply(world.Last("invoice.payment_failed"));
        await ApplyAndLose("customer.updated");

        Assert.Equal((0, 1), await SweepLater());
        Assert.Equal(SignalKind.NewCard, Assert.Single(await world.Apply()).Signal?.Kind);
        Assert.Equal((0, 0), await SweepLater());
    }

    [Fact]
    public async Task A_pause_that_could_not_be_lifted_is_lifted_by_the_sweep_s_message()
    {
        var invoice = await world.FailedRenewal();
        var run = Assert.Single(await world.PostAndApply(world.Last("invoice.payment_failed"))).Start;
        await world.Stripe.PauseCollection(run.SubscriptionId, default);
        await world.End(invoice, DunningStatus.Suspended);
        world.Stripe.PayOnPage(invoice);
        world.Stripe.Faults = call => ValueTask.FromResult(call == "resume" ? StripeFault.RequestLost : StripeFault.None);
        await Assert.ThrowsAsync<UnclearPaymentsException>(() => world.PostAndApply(world.Last("invoice.paid")));
        world.Stripe.Faults = _ => ValueTask.FromResult(StripeFault.None);
        Assert.True(world.Stripe.StateOf(run.SubscriptionId).Paused);

        Assert.Equal((0, 1), await SweepLater());
        Assert.Empty(await world.Apply());
        Assert.False(world.Stripe.StateOf(run.SubscriptionId).Paused);
        Assert.Equal((0, 0), await SweepLater());
    }

    [Fact]
    public async Task What_is_not_due_any_more_is_not_waited_for()
    {
        var invoice = await world.FailedRenewal();
        await ApplyAndLose("invoice.payment_failed");
        await world.End(invoice, DunningStatus.Stopped);

        Assert.Equal((0, 1), await SweepLater());
        Assert.Empty(await world.Apply());
        Assert.Equal((0, 0), await SweepLater());
    }

    /// <summary>The event is applied while the engine is away, until its message is given up.</summary>
    private async Task ApplyAndLose(string type)
    {
        world.EngineIsAway = true;
        await Assert.ThrowsAsync<IOException>(() => world.PostAndApply(world.Last(type)));
        world.EngineIsAway = false;
        Assert.Empty(world.Queue);
    }

    private Task<(int Fetched, int SentAgain)> SweepLater()
    {
        world.Clock.Advance(UntilSwept);
        return world.Sweep.Run(default);
    }
}
