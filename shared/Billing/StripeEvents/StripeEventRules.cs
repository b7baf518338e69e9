using System.Collections.Frozen;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>What an event of one invoice leads to.</summary>
/// <param name="Outcome">One of <see cref="StripeEventOutcome"/>.</param>
/// <param name="Start">A run starts.</param>
/// <param name="Signal">The invoice's run is told this.</param>
/// <param name="Lift">Collection was paused because of this invoice, which is paid or forgiven now.</param>
public sealed record InvoiceDecision(string Outcome, bool Start = false, SignalKind? Signal = null, bool Lift = false);

/// <summary>The decisions about Stripe's events, pure.</summary>
public static class StripeEventRules
{
    private static readonly FrozenDictionary<string, StripeObject> Objects = new Dictionary<string, StripeObject>
    {
        ["invoice.payment_failed"] = StripeObject.Invoice,
        ["invoice.payment_action_required"] = StripeObject.Invoice,
        ["invoice.paid"] = StripeObject.Invoice,
        ["invoice.payment_succeeded"] = StripeObject.Invoice,
        ["invoice.voided"] = StripeObject.Invoice,
        ["invoice.marked_uncollectible"] = StripeObject.Invoice,
        ["customer.subscription.created"] = StripeObject.Subscription,
        ["customer.subscription.updated"] = StripeObject.Subscription,
        ["customer.subscription.deleted"] = StripeObject.Subscription,
        ["customer.subscription.paused"] = StripeObject.Subscription,
        ["customer.subscription.resumed"] = StripeObject.Subscription,
        ["customer.updated"] = StripeObject.Customer,
        ["customer.deleted"] = StripeObject.Customer,
        ["payment_method.automatically_updated"] = StripeObject.PaymentMethod,
    }.ToFrozenDictionary();

    /// <summary>The types that matter here.</summary>
    public static IReadOnlyList<string> Types { get; } = [.. Objects.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Which kind of object an event is about; null for types that nothing here depends on.</summary>
    public static StripeObject? ObjectOf(string type) => Objects.TryGetValue(type, out var found) ? found : null;

    /// <summary>What the reading of an invoice leads to, whichever event made us read it.</summary>
    /// <param name="message">The event.</param>
    /// <param name="invoice">The invoice as it is at Stripe.</param>
    /// <param name="knownPaid">Whether it was known to be paid before: that is final, whatever the reading says.</param>
    /// <param name="run">The invoice's run, if it ever had one.</param>
    public static InvoiceDecision Decide(StripeEventMessage message, InvoiceReading invoice, bool knownPaid, DunningRun? run)
    {
        if (knownPaid || invoice.Status == InvoiceStatus.Paid)
        {
            return OnPaid(knownPaid, run, failure: message.Type == "invoice.payment_failed");
        }

        if (invoice.Status != InvoiceStatus.Open)
        {
            return run is { Ended: false }
                ? new(StripeEventOutcome.DunningTold, Signal: SignalKind.Stop)
                : new(StripeEventOutcome.NotOpen, Lift: run?.Status == DunningStatus.Suspended && invoice.Status == InvoiceStatus.Void);
        }

        return message.Type is "invoice.payment_failed" or "invoice.payment_action_required"
            ? OnFailure(message, invoice, run)
            : new(StripeEventOutcome.NoChange);
    }

    /// <summary>The account after a reading of the customer, or of one of its subscriptions.</summary>
    public static BillingAccount Update(BillingAccount account, CustomerReading? customer, SubscriptionReading? subscription)
    {
        if (customer is not null)
        {
            return account with { Card = customer.Card };
        }

        // An ended subscription gives way to a newer one and never the other way round.
        var isIts = account.Subscription is null || account.Subscription.Ended || account.Subscription.Id == subscription?.Id;
        var isOlder = subscription is { Ended: true } && account.Subscription is { } known && known.Id != subscription.Id;
        return isIts && !isOlder && subscription is not null ? account with { Subscription = subscription } : account;
    }

    /// <summary>What runs are told after such a reading.</summary>
    public static IReadOnlyList<DunningCall> Calls(
        StripeEventMessage message, CustomerReading? customer, SubscriptionReading? subscription, IEnumerable<DunningRun> unended)
    {
        if (subscription is { Ended: true })
        {
            return [.. unended.Where(run => run.Start.SubscriptionId == subscription.Id).Select(run => new DunningCall(run.Start, new(SignalKind.Stop)))];
        }

        return CardOf(message, customer) is { } card
            ? [.. unended.Select(run => new DunningCall(run.Start, new(SignalKind.NewCard, card.Name)))]
            : [];
    }

    /// <summary>The card that the customer has now, if the event may be about it: a name for it, and whether it is one that was renewed.</summary>
    public static (string Name, bool Renewed)? CardOf(StripeEventMessage message, CustomerReading? customer)
    {
        if (customer?.Card is not { } card)
        {
            return null;
        }

        // The card updater keeps the id and changes the card behind it.
        var renewed = ObjectOf(message.Type) == StripeObject.PaymentMethod;
        return (renewed, message.ObjectId == card) switch
        {
            (false, _) => (card, false),
            (true, true) => ($"{card}/{message.EventId}", true),
            (true, false) => null,
        };
    }

    private static InvoiceDecision OnPaid(bool knownPaid, DunningRun? run, bool failure) => run switch
    {
        { Ended: false } => new(StripeEventOutcome.DunningTold, Signal: SignalKind.Paid),
        { } => new(StripeEventOutcome.DunningEnded, Lift: run.Status == DunningStatus.Suspended),
        null when failure => new(StripeEventOutcome.AlreadyPaid),
        null => new(knownPaid ? StripeEventOutcome.NoChange : StripeEventOutcome.Paid),
    };

    private static InvoiceDecision OnFailure(StripeEventMessage message, InvoiceReading invoice, DunningRun? run) => run switch
    {
        { Ended: true } => new(StripeEventOutcome.DunningEnded),
        _ when DunningStart.IsTryKey(message.Key) => new(StripeEventOutcome.OwnTry),
        { } => new(StripeEventOutcome.DunningTold, Signal: SignalKind.Failed),
        null when invoice.BillingReason == "subscription_create" => new(StripeEventOutcome.FirstPayment),
        null when invoice.SubscriptionId is null => new(StripeEventOutcome.NoSubscription),
        null => new(StripeEventOutcome.DunningStarted, Start: true),
    };
}

/// <summary>The kinds of Stripe's objects whose changes matter here.</summary>
public enum StripeObject
{
    /// <summary>An invoice.</summary>
    Invoice,

    /// <summary>A subscription.</summary>
    Subscription,

    /// <summary>A customer.</summary>
    Customer,

    /// <summary>A payment method.</summary>
    PaymentMethod,
}
