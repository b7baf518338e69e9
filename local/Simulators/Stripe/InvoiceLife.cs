using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>What becomes of an invoice: draft → open → paid, void or uncollectible.</summary>
internal static class InvoiceLife
{
    /// <summary>A draft that advances by itself becomes final about an hour after it was made.</summary>
    private static readonly TimeSpan DraftTime = TimeSpan.FromHours(1);

    public static async Task ScheduleFinalizeAsync(StripeWork work, JsonObject invoice)
    {
        var due = DateTimeOffset.FromUnixTimeSeconds(work.Now) + DraftTime;
        invoice["automatically_finalizes_at"] = due.ToUnixTimeSeconds();
        invoice["next_payment_attempt"] = invoice.Text("collection_method") == "charge_automatically" ? due.ToUnixTimeSeconds() : null;
        await work.Store.SaveAsync(invoice);
        await work.ScheduleAsync(Renewals.FinalizeInvoice, invoice.Id(), due);
    }

    /// <summary>Makes a draft final: it gets its number and, when there is something to pay, its payment intent.</summary>
    public static async Task FinalizeAsync(StripeWork work, JsonObject invoice)
    {
        var customer = (await work.Store.FindAsync("customer", invoice.Text("customer")!))!;
        var sequence = customer.Number("next_invoice_sequence");
        customer["next_invoice_sequence"] = sequence + 1;
        customer["currency"] ??= invoice.Text("currency");
        await work.Store.SaveAsync(customer);
        await work.UnscheduleAsync(Renewals.FinalizeInvoice, invoice.Id());

        invoice["status"] = "open";
        invoice["number"] = $"{customer.Text("invoice_prefix")}-{sequence:0000}";
        invoice["effective_at"] = work.Now;
        invoice["automatically_finalizes_at"] = null;
        invoice["next_payment_attempt"] = null;
        invoice["ending_balance"] = 0;
        invoice["hosted_invoice_url"] = $"https://invoice.stripe.com/i/acct_local/{invoice.Id()}";
        invoice["invoice_pdf"] = $"https://pay.stripe.com/invoice/acct_local/{invoice.Id()}/pdf";
        invoice.Child("status_transitions")["finalized_at"] = work.Now;
        if (invoice.Number("amount_due") > 0 && invoice.Text("collection_method") == "charge_automatically")
        {
            var intent = await PaymentIntents.CreateAsync(
                work, invoice.Number("amount_due"), invoice.Text("currency")!, invoice.Text("customer"), $"Payment for Invoice {invoice.Text("number")}");
            await InvoicePayments.OpenAsync(work, invoice, intent);
        }

        await work.Store.SaveAsync(invoice);
        await work.EmitAsync("invoice.finalized", invoice);
        if (invoice.Number("amount_due") == 0)
        {
            await SettleAsync(work, invoice, outOfBand: false);
        }
    }

    /// <summary>What an invoice is paid with by default: its own, its subscription's, then its customer's payment method.</summary>
    public static async Task<JsonObject?> MethodAsync(StripeWork work, JsonObject invoice)
    {
        var id = invoice.Text("default_payment_method");
        if (id is null && Subscriptions.OfInvoice(invoice) is { } subscription)
        {
            id = (await work.Store.FindAsync("subscription", subscription))?.Text("default_payment_method");
        }

        id ??= (await work.Store.FindAsync("customer", invoice.Text("customer")!))?.Child("invoice_settings").Text("default_payment_method");
        var method = id is null ? null : await work.Store.FindAsync("payment_method", id);
        return method?.Text("customer") == invoice.Text("customer") ? method : null;
    }

    /// <summary>Tries to pay an open invoice. Null when it is paid; otherwise what a caller is refused with.</summary>
    /// <param name="work">The change that it is part of.</param>
    /// <param name="invoice">What to pay.</param>
    /// <param name="method">What with; null when there is nothing, which fails.</param>
    /// <param name="offSession">Whether the card's owner is away.</param>
    /// <param name="automatic">Whether Stripe tries by itself: only such tries, and the very first, are counted.</param>
    public static async Task<StripeRefusal?> ChargeAsync(StripeWork work, JsonObject invoice, JsonObject? method, bool offSession, bool automatic)
    {
        var before = invoice.Copy();
        var intent = await Invoices.IntentAsync(work, invoice)
            ?? throw StripeRefusal.Invalid("Only an invoice that is charged automatically can be paid with a card.", began: true);
        invoice["attempted"] = true;
        invoice["attempt_count"] = automatic ? invoice.Number("attempt_count") + 1 : Math.Max(invoice.Number("attempt_count"), 1);
        var outcome = method is null ? null : await Payments.TryAsync(work, intent, method, offSession);
        if (outcome is { Succeeded: true })
        {
            await SettleAsync(work, invoice, outOfBand: false);
            return null;
        }

        await work.Store.SaveAsync(invoice);
        await work.EmitAsync("invoice.updated", invoice, before);
        if (outcome is not null && (outcome.NeedsAction || outcome.Decline == TestCards.AuthenticationRequired))
        {
            await work.EmitAsync("invoice.payment_action_required", invoice);
        }

        await work.EmitAsync("invoice.payment_failed", invoice);
        await Subscriptions.FollowInvoiceAsync(work, invoice);
        return outcome is { Decline: { } decline } ? Payments.Refused(decline, outcome.Charge, intent, method!) : ActionRequired(intent);
    }

    /// <summary>The invoice is paid: with its payment intent, or outside of Stripe.</summary>
    public static async Task SettleAsync(StripeWork work, JsonObject invoice, bool outOfBand)
    {
        var before = invoice.Copy();
        if (outOfBand && await Invoices.IntentAsync(work, invoice) is { } intent && intent.Text("status") != "canceled")
        {
            await PaymentIntents.CancelAsync(work, intent, "automatic");
        }

        invoice["status"] = "paid";
        invoice["attempted"] = invoice.Flag("attempted") || !outOfBand;
        invoice["amount_paid"] = invoice.Number("amount_due");
        invoice["amount_remaining"] = 0;
        invoice["auto_advance"] = false;
        invoice["next_payment_attempt"] = null;
        invoice.Child("status_transitions")["paid_at"] = work.Now;
        await work.Store.SaveAsync(invoice);
        await InvoicePayments.CloseAsync(work, invoice, paid: !outOfBand);
        await work.EmitAsync("invoice.updated", invoice, before);
        await work.EmitAsync("invoice.paid", invoice);
        if (!outOfBand)
        {
            await work.EmitAsync("invoice.payment_succeeded", invoice);
        }

        await Subscriptions.FollowInvoiceAsync(work, invoice);
    }

    public static async Task VoidAsync(StripeWork work, JsonObject invoice)
    {
        var before = invoice.Copy();
        if (await Invoices.IntentAsync(work, invoice) is { } intent && intent.Text("status") is not ("canceled" or "succeeded"))
        {
            await PaymentIntents.CancelAsync(work, intent, "void_invoice");
        }

        invoice["status"] = "void";
        invoice["auto_advance"] = false;
        invoice["next_payment_attempt"] = null;
        invoice.Child("status_transitions")["voided_at"] = work.Now;
        await work.Store.SaveAsync(invoice);
        await InvoicePayments.CloseAsync(work, invoice, paid: false);
        await work.EmitAsync("invoice.updated", invoice, before);
        await work.EmitAsync("invoice.voided", invoice);
        await Subscriptions.FollowInvoiceAsync(work, invoice);
    }

    public static async Task MarkUncollectibleAsync(StripeWork work, JsonObject invoice)
    {
        var before = invoice.Copy();
        invoice["status"] = "uncollectible";
        invoice["auto_advance"] = false;
        invoice["next_payment_attempt"] = null;
        invoice.Child("status_transitions")["marked_uncollectible_at"] = work.Now;
        await work.Store.SaveAsync(invoice);
        await work.EmitAsync("invoice.updated", invoice, before);
        await work.EmitAsync("invoice.marked_uncollectible", invoice);
        await Subscriptions.FollowInvoiceAsync(work, invoice);
    }

    private static StripeRefusal ActionRequired(JsonObject intent)
    {
        var error = new JsonObject
        {
            ["code"] = "invoice_payment_intent_requires_action",
            ["doc_url"] = StripeRefusal.DocUrl("invoice_payment_intent_requires_action"),
            ["message"] = "Payment for this invoice requires additional user action before it can be completed successfully. "
                + "Payment can be completed using the PaymentIntent associated with the invoice.",
            ["payment_intent"] = StripeJson.Public(intent),
            ["type"] = "card_error",
        };
        return new(402, error, began: true);
    }
}
