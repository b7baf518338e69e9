using ToolboxAI.Shared.Billing;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Billing;

/// <summary>What a run knows of the customer's card when it begins, and what becomes of its pause when the invoice is forgiven.</summary>
public sealed class RunStartTests
{
    private readonly BillingWorld world = new();

    [Fact]
    public async Task A_forgiven_invoice_lifts_the_pause_that_the_policy_ends_with()
    {
        var invoice = await world.FailedRenewal();
        var run = Assert.Single(await world.PostAndApply(world.Last("invoice.payment_failed"))).Start;
        await world.Stripe.PauseCollection(run.SubscriptionId, default);
        await world.End(invoice, DunningStatus.Suspended);

        await world.Stripe.VoidInvoice(invoice, default);
        await world.PostAndApply(world.Last("invoice.voided"));

        Assert.False(world.Stripe.StateOf(run.SubscriptionId).Paused);
        Assert.Equal(DunningStatus.Suspended, (await world.Run(invoice))!.Status);
    }

    [Fact]
    public async Task A_card_that_was_given_before_the_run_began_is_tried_at_once()
    {
        await world.FailedRenewal(StripeTestCards.NoMoney);
        var refused = (await world.Stripe.ReadInvoice(world.Last("invoice.payment_failed").ObjectId, default))!.Card;
        Assert.Empty((await world.Subscriptions.SetCard(ProductDatabase.Demo, StripeTestCards.Good, default)).Calls);

        var start = Assert.Single(await world.PostAndApply(world.Last("invoice.payment_failed"))).Start;

        Assert.Equal(refused, start.Card);
        Assert.NotNull(start.NewCard);
        var state = DunningRules.Start(start.FirstFailureAt, start.Decline, start.Card, start.NewCard);
        var step = Assert.IsType<DunningStep.Pay>(DunningRules.Next(start.Policy, state, world.Clock.GetUtcNow()));
        Assert.Equal((TryCause.NewCard, start.NewCard), (step.Try.Cause, state.Card));
    }

    [Fact]
    public async Task A_run_whose_customer_has_the_refused_card_still_has_no_other()
    {
        await world.FailedRenewal(StripeTestCards.NoMoney);
        Assert.Null(Assert.Single(await world.PostAndApply(world.Last("invoice.payment_failed"))).Start.NewCard);
    }
}
