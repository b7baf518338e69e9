using Stripe;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Shared.Billing.Payments;

/// <inheritdoc cref="IPayments"/>
public sealed class StripePayments(StripeClient stripe, SecretReader secrets) : IPayments
{
    private const int MostLooks = 20;
    private const int MostKeys = 5;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private static readonly List<string> WholeInvoice = ["customer", "payments.data.payment.payment_intent"];

    /// <inheritdoc/>
    public async Task<bool> IsLivemode(CancellationToken ct) =>
        (await secrets.Current(SecretNames.StripeApiKey, ct)).Value.Reveal().Contains("_live_", StringComparison.Ordinal);

    /// <inheritdoc/>
    public async Task<string> EnsurePlan(string lookupKey, Plan plan, CancellationToken ct)
    {
        for (var left = MostLooks; ; left--)
        {
            try
            {
                return await FindOrCreatePrice(lookupKey, plan, ct);
            }
            catch (TransientPaymentsException e) when (left > 0 && StripeErrors.IsKeyInUse(e))
            {
                await Task.Delay(BetweenLooks, ct);          // another call brings the same plan this moment: it is there soon
            }
        }
    }

    /// <inheritdoc/>
    public async Task<string> CreateCustomer(NewCustomer customer, string key, CancellationToken ct)
    {
        var options = new CustomerCreateOptions
        {
            Name = customer.Name,
            Email = customer.Email,
            Metadata = new() { ["tenant"] = customer.Tenant },
        };
        return (await Create(key, own => stripe.V1.Customers.CreateAsync(options, own, ct), ct)).Id;
    }

    /// <inheritdoc/>
    public async Task<CustomerReading?> ReadCustomer(string id, CancellationToken ct) =>
        await Find(() => stripe.V1.Customers.GetAsync(id, cancellationToken: ct), ct) is { } customer ? StripeReadings.Read(customer) : null;

    /// <inheritdoc/>
    public async Task<CardAnswer> SetCard(string customerId, string paymentMethod, string? subscriptionId, CancellationToken ct)
    {
        try
        {
            var attach = new PaymentMethodAttachOptions { Customer = customerId };
            var card = (await Change(() => stripe.V1.PaymentMethods.AttachAsync(paymentMethod, attach, cancellationToken: ct), ct)).Id;
            var settings = new CustomerUpdateOptions { InvoiceSettings = new CustomerInvoiceSettingsOptions { DefaultPaymentMethod = card } };
            await Change(() => stripe.V1.Customers.UpdateAsync(customerId, settings, cancellationToken: ct), ct);
            await ReplaceOwnCard(subscriptionId, card, ct);
            return new(card);
        }
        catch (PermanentPaymentsException e) when (StripeErrors.DeclineOf(e.InnerException) is { } decline)
        {
            return new(null, decline);
        }
        catch (PermanentPaymentsException e) when (StripeErrors.IsMissing(e))
        {
            return new(null);
        }
    }

    /// <inheritdoc/>
    public async Task<SubscribeAnswer> Subscribe(string customerId, string priceId, string key, CancellationToken ct)
    {
        var options = new SubscriptionCreateOptions
        {
            Customer = customerId,
            Items = [new SubscriptionItemOptions { Price = priceId }],
            PaymentBehavior = "error_if_incomplete",
            OffSession = true,
        };
        try
        {
            var subscription = await Change(() => stripe.V1.Subscriptions.CreateAsync(options, Key(key), ct), ct);
            return new(StripeReadings.Read(subscription), null);
        }
        catch (PermanentPaymentsException e) when (StripeErrors.DeclineOf(e.InnerException) is { } decline)
        {
            return new(null, decline);
        }
        catch (PaymentsException e) when (StripeErrors.IsKeyReused(e) || StripeErrors.IsStoredFault(e))
        {
            return new(null, null, KeyUsed: true);
        }
    }

    /// <inheritdoc/>
    public async Task<SubscriptionReading?> FindSubscription(string customerId, CancellationToken ct)
    {
        var options = new SubscriptionListOptions { Customer = customerId };     // without a status: those that have not ended
        var page = await Read(() => stripe.V1.Subscriptions.ListAsync(options, cancellationToken: ct), ct);
        return page.Data.Select(StripeReadings.Read).FirstOrDefault(subscription => !subscription.Ended);
    }

    /// <inheritdoc/>
    public async Task<SubscriptionReading?> ReadSubscription(string id, CancellationToken ct) =>
        await Find(() => stripe.V1.Subscriptions.GetAsync(id, cancellationToken: ct), ct) is { } subscription
            ? StripeReadings.Read(subscription)
            : null;

    /// <inheritdoc/>
    public async Task CancelSubscription(string id, CancellationToken ct)
    {
        try
        {
            await Change(() => stripe.V1.Subscriptions.CancelAsync(id, new SubscriptionCancelOptions(), cancellationToken: ct), ct);
        }
        catch (PermanentPaymentsException e) when (StripeErrors.IsMissing(e))
        {
            // Stripe answers "no such subscription" for one that was cancelled before: what was wanted is so.
            if (await ReadSubscription(id, ct) is { Ended: false })
            {
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public Task PauseCollection(string id, CancellationToken ct)
    {
        var options = new SubscriptionUpdateOptions { PauseCollection = new SubscriptionPauseCollectionOptions { Behavior = "void" } };
        return Change(() => stripe.V1.Subscriptions.UpdateAsync(id, options, cancellationToken: ct), ct);
    }

    /// <inheritdoc/>
    public async Task ResumeCollection(string id, CancellationToken ct)
    {
        if (await ReadSubscription(id, ct) is { Ended: false })
        {
            var options = new SubscriptionUpdateOptions();
            options.AddExtraParam("pause_collection", "");         // how the API takes it away; the typed property can't be empty
            await Change(() => stripe.V1.Subscriptions.UpdateAsync(id, options, cancellationToken: ct), ct);
        }
    }

    /// <inheritdoc/>
    public async Task<InvoiceReading?> ReadInvoice(string id, CancellationToken ct)
    {
        var options = new InvoiceGetOptions { Expand = WholeInvoice };
        return await Find(() => stripe.V1.Invoices.GetAsync(id, options, cancellationToken: ct), ct) is { } invoice
            ? StripeReadings.Read(invoice)
            : null;
    }

    /// <inheritdoc/>
    public async Task<PayAnswer> PayInvoice(string id, string key, CancellationToken ct)
    {
        try
        {
            var invoice = await Change(() => stripe.V1.Invoices.PayAsync(id, new InvoicePayOptions { OffSession = true }, Key(key), ct), ct);
            return new(invoice.Status == "paid" ? PayResult.Paid : PayResult.NotPayable);
        }
        catch (PermanentPaymentsException e)
        {
            return StripeErrors.DeclineOf(e.InnerException) is { } decline
                ? new(PayResult.Declined, decline)
                : new(PayResult.NotPayable, new(null, null, e.Code));
        }
        catch (UnclearPaymentsException e)
        {
            return new(StripeErrors.IsStoredFault(e) ? PayResult.UnclearForGood : PayResult.Unclear);
        }
    }

    /// <inheritdoc/>
    public Task VoidInvoice(string id, CancellationToken ct) =>
        Change(() => stripe.V1.Invoices.VoidInvoiceAsync(id, cancellationToken: ct), ct);

    /// <inheritdoc/>
    public Task MarkUncollectible(string id, CancellationToken ct) =>
        Change(() => stripe.V1.Invoices.MarkUncollectibleAsync(id, cancellationToken: ct), ct);

    /// <inheritdoc/>
    public async Task<EventReading?> ReadEvent(string id, CancellationToken ct) =>
        await Find(() => stripe.RequestAsync<Event>(HttpMethod.Get, $"/v1/events/{Uri.EscapeDataString(id)}", null, null, ct), ct) is { } happened
            ? StripeReadings.Read(happened)
            : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EventReading>> UndeliveredEvents(DateTimeOffset since, IReadOnlyList<string> types, CancellationToken ct)
    {
        var found = new List<EventReading>();
        string? after = null;
        do
        {
            var options = new ListOptions { Limit = 100, StartingAfter = after };
            options.AddExtraParam("types", types);
            options.AddExtraParam("delivery_success", false);
            options.AddExtraParam("created", new Dictionary<string, object> { ["gte"] = since.ToUnixTimeSeconds() });
            var page = await Read(() => stripe.RequestAsync<StripeList<Event>>(HttpMethod.Get, "/v1/events", options, null, ct), ct);
            found.AddRange(page.Data.Select(StripeReadings.Read));
            after = page.HasMore ? page.Data[^1].Id : null;
        }
        while (after is not null);
        return found;
    }

    /// <summary>A subscription with a card of its own is paid with that one: it is the field that must change.</summary>
    private async Task ReplaceOwnCard(string? subscriptionId, string card, CancellationToken ct)
    {
        if (subscriptionId is null
            || await Find(() => stripe.V1.Subscriptions.GetAsync(subscriptionId, cancellationToken: ct), ct) is not { DefaultPaymentMethodId: not null })
        {
            return;
        }

        var options = new SubscriptionUpdateOptions { DefaultPaymentMethod = card };
        await Change(() => stripe.V1.Subscriptions.UpdateAsync(subscriptionId, options, cancellationToken: ct), ct);
    }

    private async Task<string> FindOrCreatePrice(string lookupKey, Plan plan, CancellationToken ct)
    {
        var price = await FindPrice(lookupKey, ct);
        if (price?.UnitAmount == plan.Amount && price.Currency == plan.Currency && price.Recurring?.Interval == plan.Interval)
        {
            return price.Id;
        }

        var options = new PriceCreateOptions
        {
            LookupKey = lookupKey,
            TransferLookupKey = true,                    // a changed amount is a new price; the old one serves those who have it
            Currency = plan.Currency,
            UnitAmount = plan.Amount,
            Recurring = new PriceRecurringOptions { Interval = plan.Interval },
            Product = await EnsureProduct(lookupKey, plan, ct),
        };

        // Which price it replaces stands in the key: an amount that comes back the same day is a new price again.
        var key = $"plan-{lookupKey}-{plan.Amount}-{plan.Currency}-{plan.Interval}-{price?.Id}";
        return (await Create(key, own => stripe.V1.Prices.CreateAsync(options, own, ct), ct)).Id;
    }

    private async Task<string> EnsureProduct(string id, Plan plan, CancellationToken ct)
    {
        if (await Find(() => stripe.V1.Products.GetAsync(id, cancellationToken: ct), ct) is { } product)
        {
            return product.Id;
        }

        var options = new ProductCreateOptions { Id = id, Name = plan.Name };
        return (await Create($"product-{id}", own => stripe.V1.Products.CreateAsync(options, own, ct), ct)).Id;
    }

    /// <summary>Creates what does no harm when there are two of it: a fault that Stripe stored under the key is left behind by taking the next one.</summary>
    private static async Task<T> Create<T>(string key, Func<RequestOptions, Task<T>> call, CancellationToken ct)
    {
        var (number, own) = (1, Key(key));
        while (true)
        {
            try
            {
                return await Change(() => call(own), ct);
            }
            catch (UnclearPaymentsException e) when (number < MostKeys && StripeErrors.IsStoredFault(e))
            {
                own = Key($"{key}/{++number}");
            }
        }
    }

    private async Task<Price?> FindPrice(string lookupKey, CancellationToken ct)
    {
        var options = new PriceListOptions { LookupKeys = [lookupKey], Active = true };
        return (await Read(() => stripe.V1.Prices.ListAsync(options, cancellationToken: ct), ct)).Data.FirstOrDefault();
    }

    private static async Task<T?> Find<T>(Func<Task<T>> call, CancellationToken ct) where T : class
    {
        try
        {
            return await Read(call, ct);
        }
        catch (PermanentPaymentsException e) when (StripeErrors.IsMissing(e))
        {
            return null;
        }
    }

    private static Task<T> Read<T>(Func<Task<T>> call, CancellationToken ct) => StripeErrors.Guard(changes: false, call, ct);

    private static Task<T> Change<T>(Func<Task<T>> call, CancellationToken ct) => StripeErrors.Guard(changes: true, call, ct);

    private static RequestOptions Key(string key) => new() { IdempotencyKey = key };
}
