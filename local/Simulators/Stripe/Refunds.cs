using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Refunds, of a charge or of a payment intent's last charge; they succeed at once.</summary>
internal static class Refunds
{
    private const string Kind = "refund";

    public static void Map(StripeRoutes routes)
    {
        routes.Post("/v1/refunds", CreateAsync);
        routes.Get("/v1/refunds", ListAsync);
        routes.Get("/v1/refunds/{id}", call => call.Store.GetAsync(Kind, call.Id));
        routes.Post("/v1/refunds/{id}", UpdateAsync);
    }

    private static async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept("amount", "charge", "metadata", "payment_intent", "reason");
        var charge = await ChargeAsync(call, form);
        var left = charge.Number("amount_captured") - charge.Number("amount_refunded");
        var amount = form.Integer("amount") ?? left;
        if (charge.Flag("refunded"))
        {
            throw StripeRefusal.Invalid($"Charge {charge.Id()} has already been refunded.", code: "charge_already_refunded", began: true);
        }

        if (amount > left)
        {
            throw StripeRefusal.Invalid(
                $"Refund amount ({Money(amount)}) is greater than unrefunded amount on charge ({Money(left)})", "amount", began: true);
        }

        if (amount < 1)
        {
            throw StripeRefusal.Invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer");
        }

        var refund = New(call, charge, amount);
        form.MergeMetadata(refund);
        if (form.Has("reason"))
        {
            refund["reason"] = form.OneOf("reason", "duplicate", "duplicate", "fraudulent", "requested_by_customer");
        }

        var before = charge.Copy();
        charge["amount_refunded"] = charge.Number("amount_refunded") + amount;
        charge["refunded"] = charge.Number("amount_refunded") == charge.Number("amount_captured");
        await call.Store.SaveAsync(refund);
        await call.Store.SaveAsync(charge);
        await call.EmitAsync("refund.created", refund);
        await call.EmitAsync("charge.refunded", charge, before);
        return refund;
    }

    private static async Task<JsonObject> ChargeAsync(StripeCall call, Parameters form)
    {
        if (form.TextOrNull("charge") is { } id)
        {
            return await call.Store.GetAsync("charge", id, "charge");
        }

        if (form.TextOrNull("payment_intent") is not { } payment)
        {
            throw StripeRefusal.Invalid("One of the following params should be provided for this request: payment_intent or charge.", code: "parameter_missing");
        }

        var intent = await call.Store.GetAsync("payment_intent", payment, "payment_intent");
        return intent.Text("status") == "succeeded" && intent.Text("latest_charge") is { } latest
            ? await call.Store.GetAsync("charge", latest)
            : throw StripeRefusal.Invalid(
                $"This PaymentIntent ({payment}) does not have a successful charge to refund.", code: "payment_intent_unexpected_state", began: true);
    }

    private static async Task<JsonObject> UpdateAsync(StripeCall call)
    {
        call.Form.Accept("metadata");
        var refund = await call.Store.GetAsync(Kind, call.Id);
        var before = refund.Copy();
        call.Form.MergeMetadata(refund);
        await call.Store.SaveAsync(refund);
        await call.EmitAsync("refund.updated", refund, before);
        return refund;
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        call.Form.Accept("charge", "payment_intent", "limit", "starting_after", "ending_before", "created");
        var with = call.Form.Filter("charge", "payment_intent");

        return call.Store.PageAsync("/v1/refunds", Kind, call.Form, with);
    }

    private static string Money(long minor) => $"${minor / 100}.{minor % 100:00}";

    private static JsonObject New(StripeWork work, JsonObject charge, long amount) => new()
    {
        ["id"] = StripeJson.NewId("re"),
        ["object"] = Kind,
        ["amount"] = amount,
        ["balance_transaction"] = StripeJson.NewId("txn"),
        ["charge"] = charge.Id(),
        ["created"] = work.Now,
        ["currency"] = charge.Text("currency"),
        ["customer"] = charge.Text("customer"),
        ["customer_account"] = null,
        ["destination_details"] = new JsonObject { ["card"] = new JsonObject { ["type"] = "refund" }, ["type"] = "card" },
        ["metadata"] = new JsonObject(),
        ["payment_intent"] = charge.Text("payment_intent"),
        ["payment_method"] = charge.Text("payment_method"),
        ["reason"] = null,
        ["receipt_number"] = null,
        ["source_transfer_reversal"] = null,
        ["status"] = "succeeded",
        ["transfer_reversal"] = null,
    };
}
