using Stripe;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Secrets;
using Plan = ToolboxAI.Shared.Billing.Plan;

namespace ToolboxAI.Tests.Billing;

public sealed class PaymentsInMemory : PaymentsContract
{
    private readonly TestClock clock = new();
    private readonly InMemoryStripe stripe;

    public PaymentsInMemory() => stripe = new(clock);

    protected override Task<IPayments> Connect() => Task.FromResult<IPayments>(stripe);

    protected override Task Advance(int days)
    {
        clock.Advance(TimeSpan.FromDays(days));
        stripe.RunDue();
        return Task.CompletedTask;
    }
}

[Collection("billing application")]
public sealed class PaymentsOnTheSimulator(BillingApplication application) : PaymentsContract
{
    protected override async Task<IPayments> Connect()
    {
        var address = (await application.Application.ServicesAsync()).Single(service => service.Name == "stripe").Address!;
        var http = new SystemNetHttpClient(new HttpClient(), maxNetworkRetries: 0);
        var stripe = new StripeClient(new StripeClientOptions { ApiKey = "sk_test_contract", ApiBase = address, HttpClient = http });
        return new StripePayments(stripe, InMemorySecrets.Reader(TimeProvider.System, (SecretNames.StripeApiKey, "sk_test_contract")));
    }

    protected override Task Advance(int days) => application.Advance($"P{days}D");
}

/// <summary>What billing relies on of Stripe; held by the double in memory and, through Stripe's own client, by the simulator.</summary>
public abstract class PaymentsContract
{
    private static readonly Plan School = new() { Name = "School", Amount = 4_900 };
    private static readonly Plan Dearer = new() { Name = "School", Amount = 5_900 };
    private readonly string unique = Guid.NewGuid().ToString("N");

    protected abstract Task<IPayments> Connect();

    protected abstract Task Advance(int days);

    [Fact]
    public async Task A_plan_is_brought_once_and_again_when_its_price_changed()
    {
        var payments = await Connect();
        var price = await payments.EnsurePlan(unique, School, default);
        Assert.Equal(price, await payments.EnsurePlan(unique, School, default));
        Assert.NotEqual(price, await payments.EnsurePlan(unique, new Plan { Name = "School", Amount = 5_900 }, default));
    }

    [Fact]
    public async Task What_Stripe_does_not_know_is_null()
    {
        var payments = await Connect();
        Assert.Null(await payments.ReadCustomer("cus_nothing", default));
        Assert.Null(await payments.ReadInvoice("in_nothing", default));
        Assert.Null(await payments.ReadSubscription("sub_nothing", default));
        Assert.Null(await payments.ReadEvent("evt_nothing", default));
    }

    [Fact]
    public async Task The_same_key_makes_one_customer()
    {
        var payments = await Connect();
        var customer = new NewCustomer("demo", "Demo", "billing@demo.example");
        Assert.Equal(await payments.CreateCustomer(customer, unique, default), await payments.CreateCustomer(customer, unique, default));
    }

    [Fact]
    public async Task A_card_is_the_customer_s_once_it_is_set_and_one_that_is_refused_is_not()
    {
        var payments = await Connect();
        var customer = await NewCustomer(payments);
        var card = (await payments.SetCard(customer, StripeTestCards.Good, null, default)).Card;
        Assert.NotNull(card);
        Assert.Equal(card, (await payments.ReadCustomer(customer, default))!.Card);
        Assert.NotNull((await payments.SetCard(customer, StripeTestCards.Declined, null, default)).Decline);
        Assert.Equal(new CardAnswer(null), await payments.SetCard(customer, "pm_nothing", null, default));
        Assert.Equal(card, (await payments.ReadCustomer(customer, default))!.Card);
    }

    [Fact]
    public async Task The_first_payment_decides_about_the_subscription()
    {
        var payments = await Connect();
        var customer = await NewCustomer(payments);
        var price = await payments.EnsurePlan(unique, School, default);
        await payments.SetCard(customer, StripeTestCards.FailsWhenCharged, null, default);
        Assert.NotNull((await payments.Subscribe(customer, price, unique + "-1", default)).Decline);
        Assert.Null(await payments.FindSubscription(customer, default));

        await payments.SetCard(customer, StripeTestCards.Good, null, default);
        var made = (await payments.Subscribe(customer, price, unique + "-2", default)).Subscription!;
        Assert.Equal((unique, "active", customer), (made.Plan, made.Status, made.CustomerId));
        Assert.Equal(made.Id, (await payments.Subscribe(customer, price, unique + "-2", default)).Subscription!.Id);
        var other = await payments.EnsurePlan(unique + "-other", School, default);
        Assert.True((await payments.Subscribe(customer, other, unique + "-2", default)).KeyUsed);
        Assert.Equal(made.Id, (await payments.FindSubscription(customer, default))!.Id);
        Assert.Equal(InvoiceStatus.Paid, (await payments.ReadInvoice(made.LatestInvoiceId!, default))!.Status);
    }

    [Fact]
    public async Task Who_subscribed_before_the_price_changed_keeps_the_plan()
    {
        var payments = await Connect();
        var customer = await NewCustomer(payments);
        var price = await payments.EnsurePlan(unique, School, default);
        await payments.SetCard(customer, StripeTestCards.Good, null, default);
        var made = (await payments.Subscribe(customer, price, unique, default)).Subscription!;

        var dearer = await payments.EnsurePlan(unique, Dearer, default);
        Assert.NotEqual(price, dearer);
        Assert.Equal(unique, (await payments.ReadSubscription(made.Id, default))!.Plan);

        // An amount that comes back is a price that can be subscribed to, and the one that is found.
        var back = await payments.EnsurePlan(unique, School, default);
        Assert.NotEqual(dearer, back);
        Assert.Equal(back, await payments.EnsurePlan(unique, School, default));
    }

    [Fact]
    public async Task A_failed_renewal_is_open_says_why_and_is_paid_by_a_good_card_once()
    {
        var payments = await Connect();
        var (subscription, invoice) = await FailedRenewal(payments);
        var read = (await payments.ReadInvoice(invoice, default))!;
        Assert.Equal((InvoiceStatus.Open, subscription.Id, "subscription_cycle"), (read.Status, read.SubscriptionId, read.BillingReason));
        Assert.Equal("generic_decline", read.LastDecline?.DeclineCode);
        Assert.Equal("past_due", (await payments.ReadSubscription(subscription.Id, default))!.Status);

        Assert.Equal(PayResult.Declined, (await payments.PayInvoice(invoice, unique + "/try-1", default)).Result);
        await payments.SetCard(subscription.CustomerId, StripeTestCards.Good, subscription.Id, default);
        Assert.Equal(PayResult.Declined, (await payments.PayInvoice(invoice, unique + "/try-1", default)).Result);
        Assert.Equal(PayResult.Paid, (await payments.PayInvoice(invoice, unique + "/try-2", default)).Result);
        Assert.Equal(PayResult.Paid, (await payments.PayInvoice(invoice, unique + "/try-2", default)).Result);
        Assert.Equal(PayResult.NotPayable, (await payments.PayInvoice(invoice, unique + "/try-3", default)).Result);
        Assert.Equal("active", (await payments.ReadSubscription(subscription.Id, default))!.Status);
        await Assert.ThrowsAsync<PermanentPaymentsException>(() => payments.VoidInvoice(invoice, default));
    }

    [Fact]
    public async Task A_voided_invoice_can_t_be_paid_and_a_cancelled_subscription_stays_so()
    {
        var payments = await Connect();
        var (subscription, invoice) = await FailedRenewal(payments);
        await payments.VoidInvoice(invoice, default);
        Assert.Equal(InvoiceStatus.Void, (await payments.ReadInvoice(invoice, default))!.Status);
        Assert.Equal(PayResult.NotPayable, (await payments.PayInvoice(invoice, unique, default)).Result);
        await payments.CancelSubscription(subscription.Id, default);
        await payments.CancelSubscription(subscription.Id, default);
        Assert.True((await payments.ReadSubscription(subscription.Id, default))!.Ended);
        Assert.Null(await payments.FindSubscription(subscription.CustomerId, default));
    }

    [Fact]
    public async Task An_uncollectible_invoice_is_marked_and_paused_collection_keeps_the_subscription()
    {
        var payments = await Connect();
        var (subscription, invoice) = await FailedRenewal(payments);
        await payments.MarkUncollectible(invoice, default);
        Assert.Equal(InvoiceStatus.Uncollectible, (await payments.ReadInvoice(invoice, default))!.Status);
        await payments.PauseCollection(subscription.Id, default);
        await payments.PauseCollection(subscription.Id, default);
        await payments.ResumeCollection(subscription.Id, default);
        await payments.ResumeCollection(subscription.Id, default);
        Assert.False((await payments.ReadSubscription(subscription.Id, default))!.Ended);

        await payments.CancelSubscription(subscription.Id, default);
        await payments.ResumeCollection(subscription.Id, default);
        Assert.True((await payments.ReadSubscription(subscription.Id, default))!.Ended);
    }

    [Fact]
    public async Task An_uncollectible_invoice_can_still_be_paid_and_shows_which_card_was_refused()
    {
        var payments = await Connect();
        var (subscription, invoice) = await FailedRenewal(payments);
        await payments.MarkUncollectible(invoice, default);
        var refused = (await payments.ReadInvoice(invoice, default))!;
        Assert.Equal(refused.CustomerCard, refused.Card);

        var card = (await payments.SetCard(subscription.CustomerId, StripeTestCards.Good, subscription.Id, default)).Card;

        var read = (await payments.ReadInvoice(invoice, default))!;
        Assert.Equal((refused.Card, card), (read.Card, read.CustomerCard));
        Assert.Equal(PayResult.Paid, (await payments.PayInvoice(invoice, unique + "/card", default)).Result);
        Assert.Equal(InvoiceStatus.Paid, (await payments.ReadInvoice(invoice, default))!.Status);
    }

    [Fact]
    public async Task Calls_that_bring_the_same_plan_at_once_find_one_price()
    {
        var payments = await Connect();
        var prices = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => payments.EnsurePlan(unique, School, default)));
        Assert.Single(prices.Distinct());
    }

    private async Task<string> NewCustomer(IPayments payments) =>
        await payments.CreateCustomer(new("demo", "Demo", "billing@demo.example"), "customer-" + unique, default);

    private async Task<(SubscriptionReading Subscription, string Invoice)> FailedRenewal(IPayments payments)
    {
        var customer = await NewCustomer(payments);
        await payments.SetCard(customer, StripeTestCards.Good, null, default);
        var price = await payments.EnsurePlan(unique, School, default);
        var subscription = (await payments.Subscribe(customer, price, unique, default)).Subscription!;
        await payments.SetCard(customer, StripeTestCards.FailsWhenCharged, subscription.Id, default);
        await Advance(32);
        return (subscription, (await payments.ReadSubscription(subscription.Id, default))!.LatestInvoiceId!);
    }
}
