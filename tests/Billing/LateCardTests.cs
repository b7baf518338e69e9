using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Billing;

/// <summary>A customer whose invoice was given up gives another card.</summary>
public sealed class LateCardTests
{
    private readonly BillingWorld world = new();

    [Theory]
    [InlineData(DunningStatus.Suspended)]
    [InlineData(DunningStatus.Uncollectible)]
    public async Task A_good_card_pays_what_was_given_up_and_gives_back_what_was_withheld(DunningStatus status)
    {
        var start = await GivenUp(status);
        await GiveCard(StripeTestCards.Good);
        Assert.Equal(InvoiceStatus.Paid, world.Stripe.StatusOf(start.InvoiceId));
        Assert.Single(Tries(start));

        Assert.Empty(await world.PostAndApply(world.Last("invoice.paid")));
        Assert.Equal((false, 0), (world.Stripe.StateOf(start.SubscriptionId).Paused, await Withdrawn()));
        Assert.Equal(status, (await world.Run(start.InvoiceId))!.Status);
    }

    [Theory]
    [InlineData(DunningStatus.Stopped)]
    [InlineData(DunningStatus.Recovered)]
    [InlineData(DunningStatus.Cancelled)]
    public async Task What_ended_otherwise_is_left_alone(DunningStatus status)
    {
        var start = await GivenUp(status);
        await GiveCard(StripeTestCards.Good);
        Assert.Empty(Tries(start));
    }

    [Fact]
    public async Task A_card_that_is_refused_is_tried_once_whatever_else_is_changed_of_the_customer_and_the_next_one_is_tried()
    {
        var start = await GivenUp(DunningStatus.Suspended);
        var updated = await GiveCard(StripeTestCards.NoMoney);
        world.Clock.Advance(TimeSpan.FromDays(2));
        await world.PostAndApply(updated with { Id = "evt_name", At = world.Clock.GetUtcNow() });
        Assert.False(Assert.Single(Tries(start)).Succeeded);

        await GiveCard(StripeTestCards.Good);
        Assert.Equal([false, true], Tries(start).Select(charge => charge.Succeeded));
    }

    [Fact]
    public async Task The_card_that_the_run_was_refused_is_not_tried_again()
    {
        var start = await GivenUp(DunningStatus.Suspended);
        await world.PostAndApply(world.Last("customer.updated") with { Id = "evt_name", At = world.Clock.GetUtcNow() });
        Assert.Empty(Tries(start));
    }

    [Fact]
    public async Task A_card_that_its_bank_renewed_is_tried_though_its_id_is_the_same()
    {
        var start = await GivenUp(DunningStatus.Suspended);
        var card = (await world.Stripe.ReadCustomer(start.CustomerId, default))!.Card!;
        var renewed = new StripeHappening(
            "evt_renewed", "payment_method.automatically_updated", "payment_method", card, start.CustomerId, world.Clock.GetUtcNow(), null);
        await world.PostAndApply(renewed);
        await world.PostAndApply(renewed with { Id = "evt_other", ObjectId = "pm_other" });
        Assert.Single(Tries(start));
    }

    [Theory]
    [InlineData(StripeFault.AnswerLost)]
    [InlineData(StripeFault.StillRunning)]
    [InlineData(StripeFault.RequestLost)]
    [InlineData(StripeFault.Refused)]
    public async Task A_try_of_which_nothing_is_known_is_the_same_try_when_the_sweep_sends_its_event_again(StripeFault fault)
    {
        var start = await GivenUp(DunningStatus.Suspended);
        world.Stripe.Faults = call => ValueTask.FromResult(call == "pay" ? fault : StripeFault.None);
        await Assert.ThrowsAnyAsync<PaymentsException>(() => GiveCard(StripeTestCards.Good));
        world.Stripe.Faults = _ => ValueTask.FromResult(StripeFault.None);

        world.Clock.Advance(TimeSpan.FromMinutes(16));
        world.Stripe.RunDue();
        Assert.Equal((0, 1), await world.Sweep.Run(default));
        await world.Apply();
        Assert.True(Assert.Single(Tries(start)).Succeeded);
        Assert.Equal((0, 0), await world.Sweep.Run(default));
    }

    [Fact]
    public async Task Two_events_about_one_card_make_one_try_also_while_it_runs()
    {
        var start = await GivenUp(DunningStatus.Suspended);
        world.Stripe.Faults = call => ValueTask.FromResult(call == "pay" ? StripeFault.StillRunning : StripeFault.None);
        await Assert.ThrowsAsync<UnclearPaymentsException>(() => GiveCard(StripeTestCards.Good));
        world.Stripe.Faults = _ => ValueTask.FromResult(StripeFault.None);
        var again = world.Last("customer.updated") with { Id = "evt_again" };
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<TransientPaymentsException>(() => world.PostAndApply(again));

        world.Clock.Advance(TimeSpan.FromMinutes(16));
        world.Stripe.RunDue();
        await world.Sweep.Run(default);
        await world.Apply();
        Assert.True(Assert.Single(Tries(start)).Succeeded);
    }

    [Fact]
    public async Task A_card_of_which_we_hear_after_a_day_is_not_tried()
    {
        var start = await GivenUp(DunningStatus.Suspended);
        Assert.Null((await world.Subscriptions.SetCard(ProductDatabase.Demo, StripeTestCards.Good, default)).Refusal);
        world.Clock.Advance(TimeSpan.FromHours(23));
        await world.PostAndApply(world.Last("customer.updated"));
        Assert.Empty(Tries(start));
    }

    private async Task<DunningStart> GivenUp(DunningStatus status)
    {
        var invoice = await world.FailedRenewal();
        var start = Assert.Single(await world.PostAndApply(world.Last("invoice.payment_failed"))).Start;
        if (status == DunningStatus.Uncollectible)
        {
            await world.Stripe.MarkUncollectible(invoice, default);
            await world.Write(work => world.Stores.Accounts.WithdrawAccess(work, invoice, world.Clock.GetUtcNow(), default));
        }
        else
        {
            await world.Stripe.PauseCollection(start.SubscriptionId, default);
        }

        await world.End(invoice, status);
        return start;
    }

    private async Task<StripeHappening> GiveCard(string card)
    {
        Assert.Empty((await world.Subscriptions.SetCard(ProductDatabase.Demo, card, default)).Calls);
        var updated = world.Last("customer.updated");
        Assert.Empty(await world.PostAndApply(updated));
        return updated;
    }

    private List<StripeCharge> Tries(DunningStart start) =>
        world.Stripe.Charges.FindAll(charge => charge.InvoiceId == start.InvoiceId && DunningStart.IsTryKey(charge.Key));

    private async Task<int> Withdrawn()
    {
        await using var work = await world.Units.Begin(ProductDatabase.Demo, default);
        return work.Session<InMemoryUnitOfWork>().All<InMemoryBillingAccounts.Withdrawn>(InMemoryBillingAccounts.WithdrawnAccess).Count;
    }
}
