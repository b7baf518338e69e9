using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>What ties an invoice to its payment intent.</summary>
internal static class InvoicePayments
{
    public const string Kind = "invoice_payment";

    public static void Map(StripeRoutes routes)
    {
        routes.Get("/v1/invoice_payments", ListAsync);
        routes.Get("/v1/invoice_payments/{id}", call => call.Store.GetAsync(Kind, call.Id));
    }

    public static Task<JsonObject?> DefaultAsync(StripeWork work, string invoice) =>
        work.Store.LatestAsync(Kind, new() { ["invoice"] = invoice, ["is_default"] = true });

    public static Task OpenAsync(StripeWork work, JsonObject invoice, JsonObject intent) => work.Store.SaveAsync(new()
    {
        ["id"] = StripeJson.NewId("inpay"),
        ["object"] = Kind,
        ["amount_paid"] = null,
        ["amount_requested"] = invoice.Number("amount_due"),
        ["created"] = work.Now,
        ["currency"] = invoice.Text("currency"),
        ["invoice"] = invoice.Id(),
        ["is_default"] = true,
        ["livemode"] = false,
        ["payment"] = new JsonObject { ["payment_intent"] = intent.Id(), ["type"] = "payment_intent" },
        ["status"] = "open",
        ["status_transitions"] = new JsonObject { ["canceled_at"] = null, ["paid_at"] = null },
    });

    /// <summary>The invoice's payment ended, as paid or not.</summary>
    public static async Task CloseAsync(StripeWork work, JsonObject invoice, bool paid)
    {
        if (await DefaultAsync(work, invoice.Id()) is not { } payment || payment.Text("status") != "open")
        {
            return;
        }

        payment["status"] = paid ? "paid" : "canceled";
        payment["amount_paid"] = paid ? invoice.Number("amount_paid") : null;
        payment.Child("status_transitions")[paid ? "paid_at" : "canceled_at"] = work.Now;
        await work.Store.SaveAsync(payment);
        if (paid)
        {
            await work.EmitAsync("invoice_payment.paid", payment);
        }
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        var form = call.Form.Accept("invoice", "payment", "status", "limit", "starting_after", "ending_before", "created");
        var with = form.Filter("invoice", "status");

        if (form.Child("payment")?.TextOrNull("payment_intent") is { } intent)
        {
            with["payment"] = new JsonObject { ["payment_intent"] = intent };
        }

        return call.Store.PageAsync("/v1/invoice_payments", Kind, form, with);
    }
}
