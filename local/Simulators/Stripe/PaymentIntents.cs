using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Payment intents.</summary>
internal static class PaymentIntents
{
    private const string Kind = "payment_intent";

    private static readonly string[] Accepted =
    [
        "amount", "currency", "customer", "description", "metadata", "payment_method", "payment_method_types", "payment_method_options",
        "receipt_email", "setup_future_usage", "shipping", "statement_descriptor", "statement_descriptor_suffix", "capture_method",
    ];

    public static void Map(StripeRoutes routes)
    {
        routes.Post("/v1/payment_intents", CreateAsync);
        routes.Get("/v1/payment_intents", ListAsync);
        routes.Get("/v1/payment_intents/{id}", GetAsync);
        routes.Post("/v1/payment_intents/{id}", UpdateAsync);
        routes.Post("/v1/payment_intents/{id}/confirm", ConfirmAsync);
        routes.Post("/v1/payment_intents/{id}/capture", CaptureAsync);
        routes.Post("/v1/payment_intents/{id}/cancel", CancelAsync);
    }

    /// <summary>Makes one and tells it.</summary>
    public static async Task<JsonObject> CreateAsync(StripeWork work, long amount, string currency, string? customer, string? description)
    {
        var intent = New(work, amount, currency);
        intent["customer"] = customer;
        intent["description"] = description;
        await work.Store.SaveAsync(intent);
        await work.EmitAsync("payment_intent.created", intent);
        return intent;
    }

    public static async Task CancelAsync(StripeWork work, JsonObject intent, string reason)
    {
        intent["status"] = "canceled";
        intent["canceled_at"] = work.Now;
        intent["cancellation_reason"] = reason;
        await work.Store.SaveAsync(intent);
        await work.EmitAsync("payment_intent.canceled", intent);
    }

    private static async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept([.. Accepted, "confirm", "off_session", "return_url", "automatic_payment_methods", "confirmation_method", "error_on_requires_action", "use_stripe_sdk"]);
        var intent = New(call, form.RequiredInteger("amount"), form.Required("currency").ToLowerInvariant());
        if (intent.Number("amount") < 1)
        {
            throw StripeRefusal.Invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer");
        }

        if (form.TextOrNull("customer") is { } customer)
        {
            intent["customer"] = (await call.Store.GetAsync("customer", customer, "customer")).Id();
        }

        await ApplyAsync(call, intent);
        intent["capture_method"] = form.OneOf("capture_method", "automatic_async", "automatic", "automatic_async", "manual");
        await call.Store.SaveAsync(intent);
        await call.EmitAsync("payment_intent.created", intent);
        if (form.Flag("confirm") == true)
        {
            await ConfirmAsync(call, intent);
        }

        return intent;
    }

    private static async Task<JsonObject> UpdateAsync(StripeCall call)
    {
        call.Form.Accept(Accepted);
        var intent = await GetAsync(call);
        if (intent.Text("status") is "succeeded" or "canceled" && call.Form.Names.Except(["metadata", "description", "expand"]).Any())
        {
            throw Unexpected(intent, "update");
        }

        await ApplyAsync(call, intent);
        if (call.Form.Integer("amount") is { } amount)
        {
            intent["amount"] = amount;
        }

        await call.Store.SaveAsync(intent);
        return intent;
    }

    private static async Task<JsonObject> ConfirmAsync(StripeCall call)
    {
        call.Form.Accept([.. Accepted, "off_session", "return_url", "error_on_requires_action", "use_stripe_sdk", "mandate_data"]);
        var intent = await GetAsync(call);
        if (intent.Text("status") is not ("requires_payment_method" or "requires_confirmation" or "requires_action"))
        {
            throw Unexpected(intent, "confirm");
        }

        await ApplyAsync(call, intent);
        await ConfirmAsync(call, intent);
        return intent;
    }

    private static async Task ConfirmAsync(StripeCall call, JsonObject intent)
    {
        if (intent.Text("payment_method") is not { } id)
        {
            throw StripeRefusal.Invalid(
                "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment "
                + "method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
                code: "payment_intent_unexpected_state", began: true);
        }

        var method = await PaymentMethods.UseAsync(call, id, "payment_method");
        var outcome = await Payments.TryAsync(call, intent, method, call.Form.Flag("off_session") == true);
        if (outcome.Decline is { } decline)
        {
            throw Payments.Refused(decline, outcome.Charge, intent, method);
        }

        if (outcome.Succeeded && intent.Text("setup_future_usage") is not null && intent.Text("customer") is { } customer && method.Text("customer") is null)
        {
            method["_set_up"] = true;
            method["customer"] = customer;
            await call.Store.SaveAsync(method);
            await call.EmitAsync("payment_method.attached", method);
        }

        await Invoices.PaidThroughAsync(call, intent, outcome);
    }

    private static async Task<JsonObject> CaptureAsync(StripeCall call)
    {
        call.Form.Accept("amount_to_capture", "metadata");
        var intent = await GetAsync(call);
        if (intent.Text("status") != "requires_capture")
        {
            throw Unexpected(intent, "capture");
        }

        var amount = call.Form.Integer("amount_to_capture") ?? intent.Number("amount");
        var charge = await call.Store.GetAsync("charge", intent.Text("latest_charge")!);
        var before = charge.Copy();
        charge["captured"] = true;
        charge["amount_captured"] = amount;
        intent["status"] = "succeeded";
        intent["amount_capturable"] = 0;
        intent["amount_received"] = amount;
        await call.Store.SaveAsync(charge);
        await call.Store.SaveAsync(intent);
        await call.EmitAsync("charge.captured", charge, before);
        await call.EmitAsync("payment_intent.succeeded", intent);
        return intent;
    }

    private static async Task<JsonObject> CancelAsync(StripeCall call)
    {
        call.Form.Accept("cancellation_reason");
        var intent = await GetAsync(call);
        if (intent.Text("status") is "succeeded" or "canceled")
        {
            throw Unexpected(intent, "cancel");
        }

        await CancelAsync(call, intent, call.Form.OneOf("cancellation_reason", "requested_by_customer", "duplicate", "fraudulent", "requested_by_customer", "abandoned"));
        return intent;
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        call.Form.Accept("customer", "limit", "starting_after", "ending_before", "created");
        var with = call.Form.Filter("customer");
        return call.Store.PageAsync("/v1/payment_intents", Kind, call.Form, with);
    }

    private static async Task<JsonObject> GetAsync(StripeCall call) =>
        await call.Store.FindAsync(Kind, call.Id) ?? throw StripeRefusal.Invalid($"No such payment_intent: '{call.Id}'", "intent", "resource_missing", 404);

    private static async Task ApplyAsync(StripeCall call, JsonObject intent)
    {
        var form = call.Form;
        form.CopyTexts(intent, "description", "receipt_email", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix");
        form.MergeMetadata(intent);
        if (form.TextOrNull("payment_method") is { } id)
        {
            intent["payment_method"] = (await PaymentMethods.UseAsync(call, id, "payment_method")).Id();
            intent["status"] = "requires_confirmation";
        }

        if (form.Child("shipping") is { } shipping)
        {
            var address = StripeJson.EmptyAddress();
            shipping.Child("address")?.CopyTexts(address, "city", "country", "line1", "line2", "postal_code", "state");
            intent["shipping"] = new JsonObject
            {
                ["address"] = address,
                ["carrier"] = null,
                ["name"] = shipping.TextOrNull("name"),
                ["phone"] = shipping.TextOrNull("phone"),
                ["tracking_number"] = null,
            };
        }
    }

    private static StripeRefusal Unexpected(JsonObject intent, string verb) => StripeRefusal.Invalid(
        $"You cannot {verb} this PaymentIntent because it has a status of {intent.Text("status")}.", code: "payment_intent_unexpected_state", began: true);

    private static JsonObject New(StripeWork work, long amount, string currency)
    {
        var id = StripeJson.NewId("pi");
        return new()
        {
            ["id"] = id,
            ["object"] = Kind,
            ["amount"] = amount,
            ["amount_capturable"] = 0,
            ["amount_details"] = new JsonObject { ["tip"] = new JsonObject() },
            ["amount_received"] = 0,
            ["application"] = null,
            ["application_fee_amount"] = null,
            ["automatic_payment_methods"] = null,
            ["canceled_at"] = null,
            ["cancellation_reason"] = null,
            ["capture_method"] = "automatic",
            ["client_secret"] = $"{id}_secret_{StripeJson.NewId("s")[2..]}",
            ["confirmation_method"] = "automatic",
            ["created"] = work.Now,
            ["currency"] = currency,
            ["customer"] = null,
            ["customer_account"] = null,
            ["description"] = null,
            ["excluded_payment_method_types"] = null,
            ["last_payment_error"] = null,
            ["latest_charge"] = null,
            ["livemode"] = false,
            ["managed_payments"] = null,
            ["metadata"] = new JsonObject(),
            ["next_action"] = null,
            ["on_behalf_of"] = null,
            ["payment_method"] = null,
            ["payment_method_configuration_details"] = null,
            ["payment_method_options"] = new JsonObject(),
            ["payment_method_types"] = new JsonArray("card"),
            ["processing"] = null,
            ["receipt_email"] = null,
            ["review"] = null,
            ["setup_future_usage"] = null,
            ["shipping"] = null,
            ["source"] = null,
            ["statement_descriptor"] = null,
            ["statement_descriptor_suffix"] = null,
            ["status"] = "requires_payment_method",
            ["transfer_data"] = null,
            ["transfer_group"] = null,
        };
    }
}
