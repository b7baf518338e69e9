using System.Net;
using Stripe;

namespace ToolboxAI.Tests.Local.Stripe;

public sealed class SubscriptionLifeTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_subscription_is_paid_at_once_and_renews_an_hour_after_its_period_ended()
    {
        await using var world = await StripeWorld.StartAsync();
        var customer = await world.CustomerAsync();
        var subscription = await world.SubscribeAsync(customer.Id);
        await world.SettleAsync();

        Assert.Equal("active", subscription.Status);
        var end = subscription.Items.Data[0].CurrentPeriodEnd;
        Assert.Equal(subscription.Created.AddMonths(1), end);

        var now = await world.AdvanceAsync(end - subscription.Created + TimeSpan.FromMinutes(30));
        var draft = await LatestInvoiceAsync(world, subscription.Id);
        Assert.Equal("draft", draft.Status);
        Assert.Equal(end + Hour, draft.AutomaticallyFinalizesAt);
        Assert.Equal(end, draft.Created);
        Assert.True(now.UtcDateTime < end + Hour);

        await world.AdvanceAsync(Hour);
        var paid = await LatestInvoiceAsync(world, subscription.Id);
        Assert.Equal(draft.Id, paid.Id);
        Assert.Equal("paid", paid.Status);
        Assert.Equal(end + Hour, paid.StatusTransitions.PaidAt);
        Assert.Equal(1900, paid.AmountPaid);
        Assert.Equal("active", (await world.Client.V1.Subscriptions.GetAsync(subscription.Id)).Status);
        Assert.Equal(2, world.Types.Count(t => t == EventTypes.InvoicePaid));
    }

    [Fact]
    public async Task A_declined_first_payment_is_402_and_leaves_no_subscription()
    {
        await using var world = await StripeWorld.StartAsync();
        var customer = await world.CustomerAsync("pm_card_chargeCustomerFail");

        var refused = await Assert.ThrowsAsync<StripeException>(() => world.SubscribeAsync(customer.Id));

        Assert.Equal(HttpStatusCode.PaymentRequired, refused.HttpStatusCode);
        Assert.Equal("card_declined", refused.StripeError.Code);
        Assert.Equal("generic_decline", refused.StripeError.DeclineCode);
        Assert.Equal("Your card was declined.", refused.Message);
        Assert.Empty((await world.Client.V1.Subscriptions.ListAsync(new() { Customer = customer.Id, Status = "all" })).Data);
        Assert.Empty((await world.Client.V1.Invoices.ListAsync(new() { Customer = customer.Id })).Data);
    }

    [Fact]
    public async Task A_failed_renewal_leaves_the_subscription_past_due_and_paying_the_invoice_makes_it_active()
    {
        await using var world = await StripeWorld.StartAsync();
        var customer = await world.CustomerAsync();
        var subscription = await world.SubscribeAsync(customer.Id);
        await world.GiveCardAsync(customer.Id, "pm_card_visa_chargeDeclinedInsufficientFunds");

        await world.AdvanceAsync(TimeSpan.FromDays(32));

        var invoice = await LatestInvoiceAsync(world, subscription.Id, "payments.data.payment.payment_intent");
        Assert.Equal("open", invoice.Status);
        Assert.Equal(1, invoice.AttemptCount);
        Assert.Null(invoice.NextPaymentAttempt);
        Assert.Equal("insufficient_funds", invoice.Payments.Data[0].Payment.PaymentIntent.LastPaymentError.DeclineCode);
        Assert.Equal("past_due", (await world.Client.V1.Subscriptions.GetAsync(subscription.Id)).Status);
        var failed = world.Received.Single(w => w.Event.Type == EventTypes.InvoicePaymentFailed).Event;
        Assert.Equal(invoice.Id, Assert.IsType<Invoice>(failed.Data.Object).Id);

        var again = await Assert.ThrowsAsync<StripeException>(() => world.Client.V1.Invoices.PayAsync(invoice.Id));
        Assert.Equal("insufficient_funds", again.StripeError.DeclineCode);
        Assert.Equal(1, (await world.Client.V1.Invoices.GetAsync(invoice.Id)).AttemptCount);

        var card = await world.GiveCardAsync(customer.Id, "pm_card_visa");
        var paid = await world.Client.V1.Invoices.PayAsync(invoice.Id, new() { PaymentMethod = card.Id });
        Assert.Equal("paid", paid.Status);
        Assert.Equal("active", (await world.Client.V1.Subscriptions.GetAsync(subscription.Id)).Status);
    }

    [Fact]
    public async Task One_long_advance_and_as_many_days_one_by_one_give_the_same_events_at_the_same_times()
    {
        var atOnce = await RunAsync([TimeSpan.FromDays(95)]);
        var daily = await RunAsync(Enumerable.Repeat(TimeSpan.FromDays(1), 95));

        Assert.Equal(atOnce, daily);
        Assert.Equal(3, atOnce.Count(line => line.Contains(EventTypes.InvoicePaymentFailed, StringComparison.Ordinal)));
    }

    private static async Task<IReadOnlyList<string>> RunAsync(IEnumerable<TimeSpan> advances)
    {
        await using var world = await StripeWorld.StartAsync();
        var customer = await world.CustomerAsync();
        var subscription = await world.SubscribeAsync(customer.Id);
        await world.GiveCardAsync(customer.Id, "pm_card_chargeCustomerFail");
        await world.SettleAsync();
        var before = world.Received.Count;
        foreach (var by in advances)
        {
            await world.AdvanceAsync(by);
        }

        return world.Received.Skip(before).Select(w => w.Event)
            .Select(e => $"{e.Type} {(e.Created - subscription.Created).TotalSeconds}").ToList();
    }

    private static async Task<Invoice> LatestInvoiceAsync(StripeWorld world, string subscription, string? expand = null)
    {
        var options = new InvoiceListOptions { Subscription = subscription, Limit = 1 };
        if (expand is not null)
        {
            options.AddExpand("data." + expand);
        }

        return (await world.Client.V1.Invoices.ListAsync(options)).Data.Single();
    }
}
