using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing;

/// <summary>The answer to a subscription: it, or why not.</summary>
public sealed record SubscribeResult(SubscriptionReading? Subscription, Refusal? Refusal = null);

/// <summary>The answer to a card: the runs that must be told of it, or why not.</summary>
public sealed record CardResult(IReadOnlyList<DunningCall> Calls, Refusal? Refusal = null);

/// <summary>Subscribing and paying, on a tenant's behalf.</summary>
public sealed class Subscriptions(IPayments payments, BillingStores stores, IUnitOfWorkFactory units, IOptions<BillingOptions> options)
{
    /// <summary>The tenant's subscription as last read; null when it never had one.</summary>
    public async Task<SubscriptionReading?> Find(TenantId tenant, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        return (await stores.Accounts.Read(work, ct)).Subscription;
    }

    /// <summary>
    /// Subscribes and takes the first payment. The account stays locked over the calls to Stripe: a tenant subscribes one call
    /// at a time. A call that died on the way is found at Stripe by the next one.
    /// </summary>
    public async Task<SubscribeResult> Subscribe(TenantId tenant, string plan, string paymentMethod, CancellationToken ct)
    {
        if (!options.Value.Plans.TryGetValue(plan, out var sold))
        {
            return new(null, new UnknownPlan(plan));
        }

        var customer = await EnsureCustomer(tenant, ct);
        var price = await payments.EnsurePlan(plan, sold, ct);
        await using var work = await units.Begin(tenant, ct);
        var account = await stores.Accounts.Lock(work, ct);
        if (account.Subscription is { Ended: false })
        {
            return new(null, new AlreadySubscribed());
        }

        if (await payments.FindSubscription(customer, ct) is { } existing)
        {
            // Whoever made it died on the way: its key would answer with this one for a day, also once it has ended.
            await stores.Accounts.Save(work, account with { Subscription = existing, Attempt = account.Attempt + 1 }, ct);
            await work.Commit(ct);
            return existing.Plan == plan ? new(existing) : new(null, new AlreadySubscribed());
        }

        var card = await payments.SetCard(customer, paymentMethod, null, ct);
        if (card.Card is null)
        {
            return new(null, RefusalOf(card));
        }

        var (answer, attempt) = await TrySubscribe(customer, price, account.Attempt, ct);
        var subscribed = account with { Card = card.Card, Attempt = attempt + 1, Subscription = answer.Subscription ?? account.Subscription };
        await stores.Accounts.Save(work, subscribed, ct);
        await work.Commit(ct);
        return answer.Decline is { } decline ? new(null, new PaymentDeclined(decline)) : new(answer.Subscription);
    }

    /// <summary>Makes a payment method the tenant's card. Runs that have not ended try it at once.</summary>
    public async Task<CardResult> SetCard(TenantId tenant, string paymentMethod, CancellationToken ct)
    {
        var customer = await EnsureCustomer(tenant, ct);
        var subscription = await Find(tenant, ct) is { Ended: false } running ? running.Id : null;
        var answer = await payments.SetCard(customer, paymentMethod, subscription, ct);
        if (answer.Card is not { } card)
        {
            return new([], RefusalOf(answer));
        }

        await using var work = await units.Begin(tenant, ct);
        var account = await stores.Accounts.Lock(work, ct);
        await stores.Accounts.Save(work, account with { Card = card }, ct);
        var unended = await stores.Runs.Unended(work, ct);
        await work.Commit(ct);
        return new([.. unended.Select(run => new DunningCall(run.Start, new(SignalKind.NewCard, card)))]);
    }

    /// <summary>Brings all plans to Stripe; their prices by lookup key. May be called again at any time.</summary>
    public async Task<IReadOnlyDictionary<string, string>> SyncPlans(CancellationToken ct)
    {
        var prices = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (lookupKey, plan) in options.Value.Plans)
        {
            prices[lookupKey] = await payments.EnsurePlan(lookupKey, plan, ct);
        }

        return prices;
    }

    private async Task<string> EnsureCustomer(TenantId tenant, CancellationToken ct)
    {
        await using var work = await units.Begin(tenant, ct);
        var account = await stores.Accounts.Lock(work, ct);
        if (account.CustomerId is { } known)
        {
            return known;
        }

        var contact = await stores.Accounts.Contact(work, ct);
        var customer = new NewCustomer(tenant.Slug, contact.Name, contact.BillingEmail);
        var id = await payments.CreateCustomer(customer, $"customer-{tenant.Slug}", ct);
        await stores.Accounts.Save(work, account with { CustomerId = id }, ct);
        await work.Commit(ct);
        return id;
    }

    /// <summary>A key that another plan used, or that a fault is stored under, is spent: that call has ended without a subscription, else it would have been found.</summary>
    private async Task<(SubscribeAnswer Answer, int Attempt)> TrySubscribe(string customer, string price, int attempt, CancellationToken ct)
    {
        var answer = await payments.Subscribe(customer, price, KeyOf(customer, attempt), ct);
        return answer.KeyUsed
            ? (await payments.Subscribe(customer, price, KeyOf(customer, attempt + 1), ct), attempt + 1)
            : (answer, attempt);
    }

    private static string KeyOf(string customer, int attempt) => $"subscribe-{customer}-{attempt}";

    private static Refusal RefusalOf(CardAnswer answer) =>
        answer.Decline is { } decline ? new PaymentDeclined(decline) : new UnknownPaymentMethod();
}
