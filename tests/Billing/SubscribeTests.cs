using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Billing;

/// <summary>Subscribing when Stripe's answer was lost, or was a fault that it keeps.</summary>
public sealed class SubscribeTests
{
    private readonly BillingWorld world = new();

    [Fact]
    public async Task A_fault_that_Stripe_keeps_for_a_day_is_left_behind_by_the_next_call()
    {
        FailOnce(StripeFault.FaultStoredBefore);
        await Assert.ThrowsAsync<UnclearPaymentsException>(() => Subscribe());

        var subscribed = await Subscribe();

        Assert.Null(subscribed.Refusal);
        Assert.Equal("active", world.Stripe.StateOf(subscribed.Subscription!.Id).Status);
        Assert.Single(world.Stripe.Charges);
    }

    [Fact]
    public async Task A_subscription_whose_answer_was_lost_is_found_and_is_not_taken_for_the_one_after_it()
    {
        FailOnce(StripeFault.AnswerLost);
        await Assert.ThrowsAsync<UnclearPaymentsException>(() => Subscribe());
        var found = (await Subscribe()).Subscription!;
        Assert.Single(world.Stripe.Charges);
        await world.Stripe.CancelSubscription(found.Id, default);
        await world.PostAndApply(world.Last("customer.subscription.deleted"));

        var next = (await Subscribe()).Subscription!;

        Assert.NotEqual(found.Id, next.Id);
        Assert.Equal("active", world.Stripe.StateOf(next.Id).Status);
    }

    private Task<SubscribeResult> Subscribe() => world.Subscriptions.Subscribe(ProductDatabase.Demo, "school-monthly", StripeTestCards.Good, default);

    private void FailOnce(StripeFault fault)
    {
        var left = 1;
        world.Stripe.Faults = name => ValueTask.FromResult(name == "subscribe" && left-- > 0 ? fault : StripeFault.None);
    }
}
