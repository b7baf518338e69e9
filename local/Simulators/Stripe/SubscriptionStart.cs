using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>How a subscription starts: its first invoice is final at once and, unless it is free, paid or not by <c>payment_behavior</c>.</summary>
internal static class SubscriptionStart
{
    /// <summary>A first invoice that is not paid in this time ends the subscription.</summary>
    private static readonly TimeSpan Incomplete = TimeSpan.FromHours(23);

    public static async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept(
            "cancel_at_period_end", "collection_method", "customer", "days_until_due", "default_payment_method", "description", "items", "metadata",
            "off_session", "payment_behavior", "payment_settings", "proration_behavior", "trial_end", "trial_period_days");
        var behavior = form.OneOf(
            "payment_behavior", "allow_incomplete", "allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete");
        var customer = await call.Store.GetAsync("customer", form.Required("customer"), "customer");
        var subscription = SubscriptionBuilder.New(call, customer.Id(), "usd");
        await SubscriptionItems.ApplyAsync(call, subscription, form.List("items"));
        if (!subscription.Child("items").Items().Any())
        {
            throw StripeRefusal.Missing("items");
        }

        subscription["currency"] = subscription.Child("items").Items().First().Child("price").Text("currency");
        Begin(call, subscription);
        await Subscriptions.ApplyAsync(call, subscription);
        if (behavior == "error_if_incomplete")
        {
            await call.UndoableAsync(() => StartAsync(call, customer, subscription, behavior));
        }
        else
        {
            await StartAsync(call, customer, subscription, behavior);
        }

        return await call.Store.GetAsync(Subscriptions.Kind, subscription.Id());
    }

    private static void Begin(StripeCall call, JsonObject subscription)
    {
        if (call.Form.Integer("trial_period_days") is { } days)
        {
            BeginTrial(call, subscription, call.Now + (days * 86400));
        }
        else if (call.Form.TextOrNull("trial_end") is not (null or "now"))
        {
            BeginTrial(call, subscription, call.Form.RequiredInteger("trial_end"));
        }
        else
        {
            SubscriptionBuilder.NextPeriod(subscription, call.Now);
        }
    }

    private static void BeginTrial(StripeCall call, JsonObject subscription, long end)
    {
        subscription["status"] = "trialing";
        subscription["trial_start"] = call.Now;
        subscription["trial_end"] = end;
        subscription["billing_cycle_anchor"] = end;
        SubscriptionBuilder.SetPeriod(subscription, call.Now, DateTimeOffset.FromUnixTimeSeconds(end));
    }

    private static async Task StartAsync(StripeCall call, JsonObject customer, JsonObject subscription, string behavior)
    {
        var invoice = InvoiceBuilder.New(call, customer, subscription.Text("currency")!, "subscription_create", subscription);
        invoice["collection_method"] = subscription.Text("collection_method");
        foreach (var item in subscription.Child("items").Items())
        {
            InvoiceBuilder.AddLine(invoice, item, free: subscription.Text("status") == "trialing");
        }

        subscription["latest_invoice"] = invoice.Id();
        if (subscription.Text("collection_method") == "send_invoice" && subscription.Text("status") == "incomplete")
        {
            subscription["status"] = "active";
        }

        await call.Store.SaveAsync(invoice);
        await call.Store.SaveAsync(subscription);
        await call.EmitAsync("customer.subscription.created", subscription);
        await call.EmitAsync("invoice.created", invoice);
        await call.ScheduleAsync(Renewals.Renew, subscription.Id(), SubscriptionBuilder.PeriodEnd(subscription));
        if (subscription.Text("status") == "incomplete")
        {
            await call.ScheduleAsync(Renewals.ExpireIncomplete, subscription.Id(), DateTimeOffset.FromUnixTimeSeconds(call.Now) + Incomplete);
        }

        var method = await InvoiceLife.MethodAsync(call, invoice);
        var toPay = invoice.Number("amount_due") > 0 && invoice.Text("collection_method") == "charge_automatically";
        if (toPay && method is null && behavior != "default_incomplete")
        {
            throw StripeRefusal.Invalid(
                "This customer has no attached payment source or default payment method. Please consider adding a default payment method. "
                + "For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
                code: "resource_missing");
        }

        await InvoiceLife.FinalizeAsync(call, invoice);
        if (toPay && behavior != "default_incomplete")
        {
            var refused = await InvoiceLife.ChargeAsync(call, invoice, method, call.Form.Flag("off_session") ?? false, automatic: true);
            if (refused is not null && behavior == "error_if_incomplete")
            {
                throw refused;
            }
        }
    }
}
