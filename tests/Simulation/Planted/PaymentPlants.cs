using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Planted;

/// <summary>Each call of a try has a key of its own.</summary>
public sealed class SkippedKey : Plants
{
    private int calls;

    /// <inheritdoc/>
    public override IPayments Payments(IPayments real) => new KeyChanging(real, key => $"{key}-{++calls}");
}

/// <summary>What is not known to have succeeded is taken for refused.</summary>
public sealed class DoubleSettlement : Plants
{
    /// <inheritdoc/>
    public override PaymentOutcome Outcome(PaymentOutcome real) => real.Knowledge == PaymentKnowledge.Unknown
        ? new(PaymentKnowledge.Declined, new(null, "generic_decline", null))
        : real;
}

/// <summary>A gateway whose payments go under other keys than they should.</summary>
public sealed class KeyChanging(IPayments real, Func<string, string> change) : IPayments
{
    public Task<bool> IsLivemode(CancellationToken ct) => real.IsLivemode(ct);

    public Task<PayAnswer> PayInvoice(string id, string key, CancellationToken ct) => real.PayInvoice(id, change(key), ct);

    public Task<string> EnsurePlan(string lookupKey, Plan plan, CancellationToken ct) => real.EnsurePlan(lookupKey, plan, ct);

    public Task<string> CreateCustomer(NewCustomer customer, string key, CancellationToken ct) => real.CreateCustomer(customer, key, ct);

    public Task<CustomerReading?> ReadCustomer(string id, CancellationToken ct) => real.ReadCustomer(id, ct);

    public Task<CardAnswer> SetCard(string customerId, string paymentMethod, string? subscriptionId, CancellationToken ct) =>
        real.SetCard(customerId, paymentMethod, subscriptionId, ct);

    public Task<SubscribeAnswer> Subscribe(string customerId, string priceId, string key, CancellationToken ct) =>
        real.Subscribe(customerId, priceId, key, ct);

    public Task<SubscriptionReading?> FindSubscription(string customerId, CancellationToken ct) => real.FindSubscription(customerId, ct);

    public Task<SubscriptionReading?> ReadSubscription(string id, CancellationToken ct) => real.ReadSubscription(id, ct);

    public Task CancelSubscription(string id, CancellationToken ct) => real.CancelSubscription(id, ct);

    public Task PauseCollection(string id, CancellationToken ct) => real.PauseCollection(id, ct);

    public Task ResumeCollection(string id, CancellationToken ct) => real.ResumeCollection(id, ct);

    public Task<InvoiceReading?> ReadInvoice(string id, CancellationToken ct) => real.ReadInvoice(id, ct);

    public Task VoidInvoice(string id, CancellationToken ct) => real.VoidInvoice(id, ct);

    public Task MarkUncollectible(string id, CancellationToken ct) => real.MarkUncollectible(id, ct);

    public Task<EventReading?> ReadEvent(string id, CancellationToken ct) => real.ReadEvent(id, ct);

    public Task<IReadOnlyList<EventReading>> UndeliveredEvents(DateTimeOffset since, IReadOnlyList<string> types, CancellationToken ct) =>
        real.UndeliveredEvents(since, types, ct);
}
