using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>What Stripe does by itself as time passes.</summary>
internal static class Renewals
{
    public const string Renew = "renew subscription";
    public const string ExpireIncomplete = "expire subscription";
    public const string ResumeCollection = "resume collection of";
    public const string FinalizeInvoice = "finalize invoice";

    /// <summary>A period ended: the next begins with a draft invoice, or the subscription ends if that was asked for.</summary>
    public static async Task RenewAsync(StripeWork work, string id)
    {
        var subscription = await work.Store.GetAsync(Subscriptions.Kind, id);
        if (Subscriptions.IsOver(subscription) || subscription.Text("status") == "incomplete")
        {
            return;
        }

        if (subscription.Flag("cancel_at_period_end"))
        {
            await Subscriptions.EndAsync(work, subscription, "cancellation_requested");
            return;
        }

        var before = subscription.Copy();
        var customer = await work.Store.GetAsync("customer", subscription.Text("customer")!);
        SubscriptionBuilder.NextPeriod(subscription, work.Now);
        if (subscription.Text("status") == "trialing")
        {
            subscription["status"] = "active";
        }

        var invoice = InvoiceBuilder.New(work, customer, subscription.Text("currency")!, "subscription_cycle", subscription);
        invoice["collection_method"] = subscription.Text("collection_method");
        invoice["period_start"] = before.Child("items").Items().First().Number("current_period_start");
        foreach (var item in subscription.Child("items").Items())
        {
            InvoiceBuilder.AddLine(invoice, item, free: false);
        }

        subscription["latest_invoice"] = invoice.Id();
        await work.Store.SaveAsync(subscription);
        await ScheduleAsync(work, subscription, invoice);
        await work.EmitAsync("invoice.created", invoice);
        await work.EmitAsync("customer.subscription.updated", subscription, before);
        await work.ScheduleAsync(Renew, id, SubscriptionBuilder.PeriodEnd(subscription));
    }

    /// <summary>A draft's hour is over: it becomes final and is charged, unless collection is paused.</summary>
    public static async Task FinalizeAsync(StripeWork work, string id)
    {
        var invoice = await work.Store.FindAsync(Invoices.Kind, id);
        if (invoice?.Text("status") != "draft")
        {
            return;
        }

        await InvoiceLife.FinalizeAsync(work, invoice);
        if (invoice.Text("status") != "open")
        {
            return;
        }

        switch (await PauseOfAsync(work, invoice))
        {
            case "void":
                await InvoiceLife.VoidAsync(work, invoice);
                break;
            case "mark_uncollectible":
                await InvoiceLife.MarkUncollectibleAsync(work, invoice);
                break;
            default:
                if (invoice.Text("collection_method") == "charge_automatically")
                {
                    await InvoiceLife.ChargeAsync(work, invoice, await InvoiceLife.MethodAsync(work, invoice), offSession: true, automatic: true);
                }

                break;
        }
    }

    /// <summary>The first invoice was not paid in time.</summary>
    public static async Task ExpireIncompleteAsync(StripeWork work, string id)
    {
        var subscription = await work.Store.GetAsync(Subscriptions.Kind, id);
        if (subscription.Text("status") == "incomplete"
            && await work.Store.FindAsync(Invoices.Kind, subscription.Text("latest_invoice")!) is { } invoice)
        {
            // Voiding the first invoice is what ends the subscription.
            await InvoiceLife.VoidAsync(work, invoice);
        }
    }

    /// <summary>A pause with an end is over.</summary>
    public static async Task ResumeCollectionAsync(StripeWork work, string id)
    {
        var subscription = await work.Store.GetAsync(Subscriptions.Kind, id);
        var before = subscription.Copy();
        subscription["pause_collection"] = null;
        await work.Store.SaveAsync(subscription);
        await work.EmitAsync("customer.subscription.updated", subscription, before);
    }

    private static Task ScheduleAsync(StripeWork work, JsonObject subscription, JsonObject invoice)
    {
        if (subscription["pause_collection"].Text("behavior") == "keep_as_draft")
        {
            invoice["auto_advance"] = false;
            return work.Store.SaveAsync(invoice);
        }

        return InvoiceLife.ScheduleFinalizeAsync(work, invoice);
    }

    private static async Task<string?> PauseOfAsync(StripeWork work, JsonObject invoice) => Subscriptions.OfInvoice(invoice) is { } id
        ? (await work.Store.FindAsync(Subscriptions.Kind, id))?["pause_collection"].Text("behavior")
        : null;
}
