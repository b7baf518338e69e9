using Stripe;

namespace ToolboxAI.Shared.Billing.Payments;

/// <summary>From Stripe's objects to our nouns.</summary>
internal static class StripeReadings
{
    public static InvoiceReading Read(Invoice invoice)
    {
        var attempt = invoice.Payments?.Data?
            .Select(payment => payment.Payment?.PaymentIntent)
            .LastOrDefault(intent => intent?.LastPaymentError is not null);
        return new InvoiceReading
        {
            Id = invoice.Id,
            Status = Status(invoice),
            CustomerId = invoice.CustomerId ?? "",
            CustomerDeleted = invoice.Customer?.Deleted == true,
            SubscriptionId = invoice.Parent?.SubscriptionDetails?.SubscriptionId,
            BillingReason = invoice.BillingReason,
            AmountRemaining = invoice.AmountRemaining,
            Currency = invoice.Currency,
            PaymentPage = invoice.HostedInvoiceUrl,
            LastDecline = StripeErrors.DeclineOf(attempt?.LastPaymentError),
            Card = attempt?.LastPaymentError?.PaymentMethod?.Id ?? CardOf(invoice.Customer),
            CustomerCard = CardOf(invoice.Customer),
        };
    }

    public static CustomerReading Read(Customer customer) => new(customer.Id, customer.Deleted == true, CardOf(customer));

    public static SubscriptionReading Read(Subscription subscription)
    {
        var item = subscription.Items.Data[0];
        return new(
            subscription.Id,
            subscription.CustomerId,
            item.Price?.LookupKey ?? item.Price?.ProductId,     // a price that another replaced lost its key; the product is the plan's
            subscription.Status,
            Utc(item.CurrentPeriodEnd),
            subscription.LatestInvoiceId);
    }

    public static EventReading Read(Event happened)
    {
        var about = happened.Data?.Object;
        return new(happened.Id, happened.Type, (about as IHasId)?.Id, CustomerOf(about), Utc(happened.Created));
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private static string? CustomerOf(IHasObject? about) => about switch
    {
        Invoice invoice => invoice.CustomerId,
        Subscription subscription => subscription.CustomerId,
        PaymentMethod method => method.CustomerId,
        Customer customer => customer.Id,
        _ => null,
    };

    private static string? CardOf(Customer? customer) => customer?.InvoiceSettings?.DefaultPaymentMethodId;

    private static InvoiceStatus Status(Invoice invoice) => invoice switch
    {
        { Deleted: true } => InvoiceStatus.Void,
        { Status: "open" } => InvoiceStatus.Open,
        { Status: "paid" } => InvoiceStatus.Paid,
        { Status: "void" } => InvoiceStatus.Void,
        { Status: "uncollectible" } => InvoiceStatus.Uncollectible,
        _ => InvoiceStatus.Draft,
    };
}
