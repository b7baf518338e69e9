using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>
/// Stripe's test mode, as far as subscriptions, invoices and their payment need it: local/Simulators/README.md says what is
/// there and where it is simpler than the original. Automatic retries are off: a failed subscription stays <c>past_due</c>.
/// </summary>
/// <param name="webhookSecret">The signing secret of the first endpoint (<c>whsec_…</c>).</param>
public sealed class StripeSimulator(string webhookSecret) : ISimulator
{
    internal const string Name = "stripe";

    // Live mode's schedule, about three days in all: at once, then after these. Test mode gives up after three tries in some hours,
    // which would make an application that was down for a night lose events for good.
    private static readonly TimeSpan[] RetryWaits =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
        TimeSpan.FromHours(12), TimeSpan.FromHours(12), TimeSpan.FromHours(12), TimeSpan.FromHours(12),
    ];

    private readonly WebhookEndpoints endpoints = new(webhookSecret);

    /// <inheritdoc/>
    public string Service => Name;

    /// <inheritdoc/>
    public string WebhookPath => "/api/v1/webhooks/stripe";

    /// <inheritdoc/>
    public string Script => StripeStore.Script;

    /// <inheritdoc/>
    public void Map(WebApplication server, SimulatorContext context)
    {
        StripeServer.Use(server, context);
        var routes = new StripeRoutes(server, context);
        Customers.Map(routes);
        PaymentMethods.Map(routes);
        Products.Map(routes);
        Prices.Map(routes);
        Subscriptions.Map(routes);
        SubscriptionItems.Map(routes);
        Invoices.Map(routes);
        InvoiceItems.Map(routes);
        InvoicePayments.Map(routes);
        PaymentIntents.Map(routes);
        SetupIntents.Map(routes);
        Charges.Map(routes);
        Refunds.Map(routes);
        Events.Map(routes);
        endpoints.Map(routes);
    }

    /// <inheritdoc/>
    public void MapLocal(IEndpointRouteBuilder routes, SimulatorContext context)
    {
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> SettingsAsync(string address, SimulatorContext context, CancellationToken cancellationToken)
    {
        await endpoints.LoadAsync(context, cancellationToken);
        return new Dictionary<string, string> { ["Stripe__ApiBase"] = address, ["Stripe__WebhookAddress"] = WebhookEndpoints.Address };
    }

    /// <inheritdoc/>
    public Task RunAsync(ScheduledAction action, SimulatorTransaction transaction, CancellationToken cancellationToken)
    {
        var work = new StripeWork(transaction, request: null, causedBy: null, cancellationToken);
        return action.Kind switch
        {
            Renewals.Renew => Renewals.RenewAsync(work, action.Subject),
            Renewals.ExpireIncomplete => Renewals.ExpireIncompleteAsync(work, action.Subject),
            Renewals.ResumeCollection => Renewals.ResumeCollectionAsync(work, action.Subject),
            Renewals.FinalizeInvoice => Renewals.FinalizeAsync(work, action.Subject),
            _ => throw new InvalidOperationException($"'{action.Kind}' is no action of Stripe's."),
        };
    }

    /// <inheritdoc/>
    public void Sign(HttpRequestMessage request, string body, DateTimeOffset machineTime)
    {
        var time = machineTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signatures = endpoints.Secrets.Select(secret =>
            $",v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}")))}");
        request.Headers.TryAddWithoutValidation("Stripe-Signature", $"t={time}{string.Concat(signatures)}");
        request.Headers.TryAddWithoutValidation("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)");
    }

    /// <inheritdoc/>
    public TimeSpan? RetryAfter(int failures) => failures <= RetryWaits.Length ? RetryWaits[failures - 1] : null;
}
