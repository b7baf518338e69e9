using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Charges: each try to move money, made through a payment intent.</summary>
internal static class Charges
{
    private const string Kind = "charge";

    public static void Map(StripeRoutes routes)
    {
        routes.Get("/v1/charges", ListAsync);
        routes.Get("/v1/charges/{id}", call => call.Store.GetAsync(Kind, call.Id));
    }

    /// <summary>Records a try for a payment; <paramref name="decline"/> says why it failed, null that it succeeded.</summary>
    public static async Task<JsonObject> RecordAsync(StripeWork work, JsonObject intent, JsonObject method, Decline? decline)
    {
        var captured = decline is null && intent.Text("capture_method") != "manual";
        var charge = new JsonObject
        {
            ["id"] = StripeJson.NewId("ch"),
            ["object"] = Kind,
            ["amount"] = intent.Number("amount"),
            ["amount_captured"] = captured ? intent.Number("amount") : 0,
            ["amount_refunded"] = 0,
            ["application"] = null,
            ["application_fee"] = null,
            ["application_fee_amount"] = null,
            ["balance_transaction"] = captured ? StripeJson.NewId("txn") : null,
            ["billing_details"] = method["billing_details"]!.DeepClone(),
            ["calculated_statement_descriptor"] = "TOOLBOXAI",
            ["captured"] = captured,
            ["created"] = work.Now,
            ["currency"] = intent.Text("currency"),
            ["customer"] = intent.Text("customer"),
            ["description"] = intent.Text("description"),
            ["disputed"] = false,
            ["failure_balance_transaction"] = null,
            ["failure_code"] = decline?.Code,
            ["failure_message"] = decline?.Message,
            ["fraud_details"] = new JsonObject(),
            ["livemode"] = false,
            ["metadata"] = intent["metadata"]!.DeepClone(),
            ["on_behalf_of"] = null,
            ["outcome"] = Outcome(decline),
            ["paid"] = decline is null,
            ["payment_intent"] = intent.Id(),
            ["payment_method"] = method.Id(),
            ["payment_method_details"] = new JsonObject { ["card"] = Card(intent, method), ["type"] = "card" },
            ["receipt_email"] = null,
            ["receipt_number"] = null,
            ["receipt_url"] = null,
            ["refunded"] = false,
            ["review"] = null,
            ["shipping"] = intent["shipping"]?.DeepClone(),
            ["source"] = null,
            ["source_transfer"] = null,
            ["statement_descriptor"] = null,
            ["statement_descriptor_suffix"] = null,
            ["status"] = decline is null ? "succeeded" : "failed",
            ["transfer_data"] = null,
            ["transfer_group"] = null,
        };
        await work.Store.SaveAsync(charge);
        await work.EmitAsync(decline is null ? "charge.succeeded" : "charge.failed", charge);
        return charge;
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        call.Form.Accept("customer", "payment_intent", "limit", "starting_after", "ending_before", "created");
        var with = call.Form.Filter("customer", "payment_intent");

        return call.Store.PageAsync("/v1/charges", Kind, call.Form, with);
    }

    private static JsonObject Outcome(Decline? decline) => new()
    {
        ["advice_code"] = decline?.AdviceCode,
        ["network_advice_code"] = null,
        ["network_decline_code"] = decline is null ? null : "01",
        ["network_status"] = decline is null ? "approved_by_network" : "declined_by_network",
        ["reason"] = decline?.DeclineCode,
        ["risk_level"] = "normal",
        ["risk_score"] = 20,
        ["seller_message"] = decline is null ? "Payment complete." : $"The bank returned the decline code `{decline.DeclineCode}`.",
        ["type"] = decline is null ? "authorized" : "issuer_declined",
    };

    private static JsonObject Card(JsonObject intent, JsonObject method)
    {
        var card = method.Child("card");
        return new()
        {
            ["amount_authorized"] = intent.Number("amount"),
            ["authorization_code"] = null,
            ["brand"] = card.Text("brand"),
            ["checks"] = card["checks"]!.DeepClone(),
            ["country"] = card.Text("country"),
            ["exp_month"] = card.Number("exp_month"),
            ["exp_year"] = card.Number("exp_year"),
            ["extended_authorization"] = new JsonObject { ["status"] = "disabled" },
            ["fingerprint"] = card.Text("fingerprint"),
            ["funding"] = card.Text("funding"),
            ["incremental_authorization"] = new JsonObject { ["status"] = "unavailable" },
            ["installments"] = null,
            ["last4"] = card.Text("last4"),
            ["mandate"] = null,
            ["multicapture"] = new JsonObject { ["status"] = "unavailable" },
            ["network"] = card.Text("brand"),
            ["network_token"] = new JsonObject { ["used"] = false },
            ["network_transaction_id"] = null,
            ["overcapture"] = new JsonObject { ["maximum_amount_capturable"] = intent.Number("amount"), ["status"] = "unavailable" },
            ["regulated_status"] = "unregulated",
            ["three_d_secure"] = null,
            ["transaction_link_id"] = null,
            ["wallet"] = null,
        };
    }
}
