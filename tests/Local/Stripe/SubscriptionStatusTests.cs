using System.Net;
using Stripe;

namespace ToolboxAI.Tests.Local.Stripe;

public sealed class SubscriptionStatusTests
{
    [Theory]
    [InlineData("void", "active")]
    [InlineData("mark_uncollectible", "active")]
    [InlineData("pay?paid_out_of_band=true", "active")]
    public async Task However_the_latest_invoice_is_settled_a_past_due_subscription_is_active_again(string how, string status)
    {
        await using var world = await StripeWorld.StartAsync();
        var (subscription, invoice) = await PastDueAsync(world);
        using var http = new StripeHttp(world.Address);

        var settled = await http.PostAsync($"/v1/invoices/{invoice}/{how}");

        Assert.Equal(200, settled.Status);
        Assert.Equal(status, (await world.Client.V1.Subscriptions.GetAsync(subscription, cancellationToken: TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task A_void_or_paid_invoice_can_not_be_paid_and_an_uncollectible_one_can()
    {
        await using var world = await StripeWorld.StartAsync();
        var (subscription, invoice) = await PastDueAsync(world);
        var customer = (await world.Client.V1.Subscriptions.GetAsync(subscription, cancellationToken: TestContext.Current.CancellationToken)).CustomerId;
        await world.GiveCardAsync(customer, "pm_card_visa");
        using var http = new StripeHttp(world.Address);

        await http.PostAsync($"/v1/invoices/{invoice}/mark_uncollectible");
        Assert.Equal("paid", (await http.PostAsync($"/v1/invoices/{invoice}/pay")).Text("status"));
        var again = await http.PostAsync($"/v1/invoices/{invoice}/pay");
        Assert.Equal((400, "Invoice is already paid"), (again.Status, again.Error.GetProperty("message").GetString()));
        Assert.Equal(400, (await http.PostAsync($"/v1/invoices/{invoice}/void")).Status);
    }

    [Theory]
    [InlineData("void", "void")]
    [InlineData("mark_uncollectible", "uncollectible")]
    [InlineData("keep_as_draft", "draft")]
    public async Task While_collection_is_paused_a_renewal_is_not_charged_and_the_status_stays(string behavior, string invoiceStatus)
    {
        await using var world = await StripeWorld.StartAsync();
        var subscription = await world.SubscribeAsync((await world.CustomerAsync()).Id);
        var subscriptions = world.Client.V1.Subscriptions;
        await subscriptions.UpdateAsync(subscription.Id, new() { PauseCollection = new() { Behavior = behavior } }, cancellationToken: TestContext.Current.CancellationToken);

        await world.AdvanceAsync(TimeSpan.FromDays(33));

        var paused = await subscriptions.GetAsync(subscription.Id, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("active", paused.Status);
        Assert.Equal(behavior, paused.PauseCollection.Behavior);
        Assert.Equal(invoiceStatus, (await world.Client.V1.Invoices.GetAsync(paused.LatestInvoiceId, cancellationToken: TestContext.Current.CancellationToken)).Status);

        var lift = new SubscriptionUpdateOptions();
        lift.AddExtraParam("pause_collection", "");
        Assert.Null((await subscriptions.UpdateAsync(subscription.Id, lift, cancellationToken: TestContext.Current.CancellationToken)).PauseCollection);
    }

    [Fact]
    public async Task A_cancelled_subscription_renews_no_more_and_its_open_invoice_stays()
    {
        await using var world = await StripeWorld.StartAsync();
        var (subscription, invoice) = await PastDueAsync(world);

        var cancelled = await world.Client.V1.Subscriptions.CancelAsync(subscription, cancellationToken: TestContext.Current.CancellationToken);
        await world.AdvanceAsync(TimeSpan.FromDays(70));

        Assert.Equal("canceled", cancelled.Status);
        Assert.Equal("cancellation_requested", cancelled.CancellationDetails.Reason);
        Assert.Equal(2, (await world.Client.V1.Invoices.ListAsync(new() { Subscription = subscription }, cancellationToken: TestContext.Current.CancellationToken)).Data.Count);
        Assert.Equal("open", (await world.Client.V1.Invoices.GetAsync(invoice, cancellationToken: TestContext.Current.CancellationToken)).Status);
        Assert.Single(world.Types, EventTypes.CustomerSubscriptionDeleted);
        var again = await Assert.ThrowsAsync<StripeException>(() => world.Client.V1.Subscriptions.CancelAsync(subscription));
        Assert.Equal(HttpStatusCode.NotFound, again.HttpStatusCode);
    }

    [Fact]
    public async Task A_subscription_to_be_cancelled_at_its_period_s_end_ends_then()
    {
        await using var world = await StripeWorld.StartAsync();
        var subscription = await world.SubscribeAsync((await world.CustomerAsync()).Id);
        await world.Client.V1.Subscriptions.UpdateAsync(subscription.Id, new() { CancelAtPeriodEnd = true }, cancellationToken: TestContext.Current.CancellationToken);

        await world.AdvanceAsync(TimeSpan.FromDays(32));

        var ended = await world.Client.V1.Subscriptions.GetAsync(subscription.Id, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("canceled", ended.Status);
        Assert.Equal(subscription.Items.Data[0].CurrentPeriodEnd, ended.EndedAt);
        Assert.Single((await world.Client.V1.Invoices.ListAsync(new() { Subscription = subscription.Id }, cancellationToken: TestContext.Current.CancellationToken)).Data);
    }

    [Fact]
    public async Task A_first_payment_that_fails_leaves_an_incomplete_subscription_when_allowed_and_it_expires_after_23_hours()
    {
        await using var world = await StripeWorld.StartAsync();
        var customer = await world.CustomerAsync("pm_card_chargeCustomerFail");
        var subscription = await world.SubscribeAsync(customer.Id, "allow_incomplete");
        Assert.Equal("incomplete", subscription.Status);

        await world.AdvanceAsync(TimeSpan.FromHours(22.9));
        Assert.Equal("incomplete", await StatusAsync(world, subscription.Id));
        await world.AdvanceAsync(TimeSpan.FromHours(0.2));

        Assert.Equal("incomplete_expired", await StatusAsync(world, subscription.Id));
        Assert.Equal("void", (await world.Client.V1.Invoices.GetAsync(subscription.LatestInvoiceId, cancellationToken: TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task A_card_that_wants_authentication_asks_for_action_at_a_renewal_and_off_session_it_is_declined()
    {
        await using var world = await StripeWorld.StartAsync();
        var customer = await world.CustomerAsync();
        var subscription = await world.SubscribeAsync(customer.Id);
        await world.GiveCardAsync(customer.Id, "pm_card_authenticationRequired");

        await world.AdvanceAsync(TimeSpan.FromDays(33));

        Assert.Contains(EventTypes.InvoicePaymentActionRequired, world.Types);
        Assert.Contains(EventTypes.InvoicePaymentFailed, world.Types);
        var renewed = await world.Client.V1.Subscriptions.GetAsync(subscription.Id, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("past_due", renewed.Status);
        var refused = await Assert.ThrowsAsync<StripeException>(() => world.Client.V1.Invoices.PayAsync(renewed.LatestInvoiceId, new() { OffSession = true }));
        Assert.Equal(("authentication_required", "authentication_required"), (refused.StripeError.Code, refused.StripeError.DeclineCode));
        var onSession = await Assert.ThrowsAsync<StripeException>(() => world.Client.V1.Invoices.PayAsync(renewed.LatestInvoiceId));
        Assert.Equal("invoice_payment_intent_requires_action", onSession.StripeError.Code);
    }

    [Fact]
    public async Task A_subscription_of_the_31st_keeps_its_day()
    {
        await using var world = await StripeWorld.StartAsync();
        var now = await world.AdvanceAsync(TimeSpan.Zero);
        var to = new DateTimeOffset(now.Year + 1, 1, 31, 12, 0, 0, TimeSpan.Zero);
        await world.AdvanceAsync(to - now);
        var subscription = await world.SubscribeAsync((await world.CustomerAsync()).Id);

        var ends = new List<int>();
        for (var month = 0; month < 4; month++)
        {
            var current = await world.Client.V1.Subscriptions.GetAsync(subscription.Id, cancellationToken: TestContext.Current.CancellationToken);
            ends.Add(current.Items.Data[0].CurrentPeriodEnd.Day);
            await world.AdvanceAsync(current.Items.Data[0].CurrentPeriodEnd - (await NowAsync(world)).UtcDateTime + TimeSpan.FromHours(2));
        }

        Assert.Equal([DateTime.IsLeapYear(to.Year) ? 29 : 28, 31, 30, 31], ends);
    }

    private static async Task<DateTimeOffset> NowAsync(StripeWorld world) => await world.AdvanceAsync(TimeSpan.Zero);

    private static async Task<string> StatusAsync(StripeWorld world, string subscription) =>
        (await world.Client.V1.Subscriptions.GetAsync(subscription)).Status;

    private static async Task<(string Subscription, string Invoice)> PastDueAsync(StripeWorld world)
    {
        var customer = await world.CustomerAsync();
        var subscription = await world.SubscribeAsync(customer.Id);
        await world.GiveCardAsync(customer.Id, "pm_card_chargeCustomerFail");
        await world.AdvanceAsync(TimeSpan.FromDays(33));
        var failed = await world.Client.V1.Subscriptions.GetAsync(subscription.Id);
        Assert.Equal("past_due", failed.Status);
        return (failed.Id, failed.LatestInvoiceId);
    }
}
