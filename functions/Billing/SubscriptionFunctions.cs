using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Billing;

/// <summary>A subscription to begin.</summary>
public sealed record SubscribeRequest(string Plan, string PaymentMethod);

/// <summary>A card to pay with.</summary>
public sealed record PaymentMethodRequest(string PaymentMethod);

/// <summary>A subscription as the API shows it.</summary>
public sealed record SubscriptionView(
    string Id, string CustomerId, string? Plan, string Status, DateTimeOffset CurrentPeriodEnd, string? LatestInvoiceId)
{
    /// <summary>The view of a reading.</summary>
    public static SubscriptionView Of(SubscriptionReading read) =>
        new(read.Id, read.CustomerId, read.Plan, read.Status, read.CurrentPeriodEnd, read.LatestInvoiceId);
}

/// <summary>The tenant's subscription and its card.</summary>
public sealed class SubscriptionFunctions(Subscriptions subscriptions)
{
    private const string Route = "v1/billing/subscription";

    [Function("Subscribe"), Needs(Permission.BillingWrite)]
    [Api("Subscribes to a plan", Body = typeof(SubscribeRequest), Example = """{"plan":"school-monthly","paymentMethod":"pm_card_visa"}""")]
    [Answers(201, typeof(SubscriptionView)), Refuses(402, "payment_declined"), Refuses(409, "already_subscribed")]
    [Refuses(422, "unknown_plan", "unknown_payment_method"), Refuses(504, "upstream_unclear")]
    public async Task<IResult> Subscribe(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest http, CancellationToken ct)
    {
        var request = await http.ReadBody<SubscribeRequest>(ct);
        var result = await subscriptions.Subscribe(http.Tenant(), request.Plan, request.PaymentMethod, ct);
        return result.Refusal is { } refusal ? refusal.ToProblem() : Results.Created($"/api/{Route}", SubscriptionView.Of(result.Subscription!));
    }

    [Function("GetSubscription"), Needs(Permission.BillingRead)]
    [Api("The tenant's subscription"), Answers(200, typeof(SubscriptionView)), Refuses(404, "no_subscription")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest http, CancellationToken ct) =>
        await subscriptions.Find(http.Tenant(), ct) is { } read ? Results.Ok(SubscriptionView.Of(read)) : new NoSubscription().ToProblem();

    [Function("PutPaymentMethod"), Needs(Permission.BillingWrite)]
    [Api("Replaces the card; open dunning runs try it at once", Body = typeof(PaymentMethodRequest), Example = """{"paymentMethod":"pm_card_visa"}""")]
    [Answers(204), Refuses(402, "payment_declined"), Refuses(422, "unknown_payment_method"), Refuses(504, "upstream_unclear")]
    public async Task<IResult> PutPaymentMethod(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/billing/payment-method")] HttpRequest http,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct)
    {
        var request = await http.ReadBody<PaymentMethodRequest>(ct);
        var result = await subscriptions.SetCard(http.Tenant(), request.PaymentMethod, ct);
        if (result.Refusal is { } refusal)
        {
            return refusal.ToProblem();
        }

        await durable.Send(result.Calls, ct);
        return Results.NoContent();
    }
}
