using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Setup intents: preparing a card for payments while its owner is away.</summary>
internal static class SetupIntents
{
    private const string Kind = "setup_intent";

    public static void Map(StripeRoutes routes)
    {
        routes.Post("/v1/setup_intents", CreateAsync);
        routes.Get("/v1/setup_intents", ListAsync);
        routes.Get("/v1/setup_intents/{id}", call => call.Store.GetAsync(Kind, call.Id));
        routes.Post("/v1/setup_intents/{id}/confirm", ConfirmAsync);
        routes.Post("/v1/setup_intents/{id}/cancel", CancelAsync);
    }

    private static async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept(
            "automatic_payment_methods", "confirm", "customer", "description", "metadata", "payment_method", "payment_method_types", "return_url", "usage", "use_stripe_sdk");
        var intent = New(call);
        if (form.TextOrNull("customer") is { } customer)
        {
            intent["customer"] = (await call.Store.GetAsync("customer", customer, "customer")).Id();
        }

        form.CopyTexts(intent, "description");
        form.MergeMetadata(intent);
        intent["usage"] = form.OneOf("usage", "off_session", "off_session", "on_session");
        await TakeMethodAsync(call, intent);
        await call.Store.SaveAsync(intent);
        await call.EmitAsync("setup_intent.created", intent);
        if (form.Flag("confirm") == true)
        {
            await ConfirmAsync(call, intent);
        }

        return intent;
    }

    private static async Task<JsonObject> ConfirmAsync(StripeCall call)
    {
        call.Form.Accept("payment_method", "return_url", "use_stripe_sdk", "mandate_data");
        var intent = await call.Store.GetAsync(Kind, call.Id);
        if (intent.Text("status") is "succeeded" or "canceled")
        {
            throw StripeRefusal.Invalid(
                $"You cannot confirm this SetupIntent because it has a status of {intent.Text("status")}.", code: "setup_intent_unexpected_state", began: true);
        }

        await TakeMethodAsync(call, intent);
        await ConfirmAsync(call, intent);
        return intent;
    }

    private static async Task ConfirmAsync(StripeCall call, JsonObject intent)
    {
        if (intent.Text("payment_method") is not { } id)
        {
            throw StripeRefusal.Invalid(
                "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
                code: "setup_intent_unexpected_state", began: true);
        }

        var method = await PaymentMethods.UseAsync(call, id, "payment_method");
        var card = TestCards.Of(method);
        if (card is { Attaches: false, Decline: { } decline })
        {
            await FailAsync(call, intent, method, decline);
        }

        if (card.Authentication != Authentication.None)
        {
            intent["status"] = "requires_action";
            intent["next_action"] = new JsonObject { ["type"] = "use_stripe_sdk", ["use_stripe_sdk"] = new JsonObject { ["type"] = "three_d_secure_redirect" } };
            await call.Store.SaveAsync(intent);
            await call.EmitAsync("setup_intent.requires_action", intent);
            return;
        }

        method["_set_up"] = true;
        await call.Store.SaveAsync(method);
        if (intent.Text("customer") is { } customer && method.Text("customer") is null)
        {
            await PaymentMethods.AttachAsync(call, method.Id(), customer);
        }

        intent["status"] = "succeeded";
        await call.Store.SaveAsync(intent);
        await call.EmitAsync("setup_intent.succeeded", intent);
    }

    private static async Task FailAsync(StripeCall call, JsonObject intent, JsonObject method, Decline decline)
    {
        var error = decline.Error();
        error["payment_method"] = StripeJson.Public(method);
        intent["last_setup_error"] = error.Copy();
        intent["payment_method"] = null;
        intent["status"] = "requires_payment_method";
        await call.Store.SaveAsync(intent);
        await call.EmitAsync("setup_intent.setup_failed", intent);
        error["setup_intent"] = StripeJson.Public(intent);
        throw new StripeRefusal(402, error, began: true);
    }

    private static async Task<JsonObject> CancelAsync(StripeCall call)
    {
        call.Form.Accept("cancellation_reason");
        var intent = await call.Store.GetAsync(Kind, call.Id);
        intent["status"] = "canceled";
        intent["cancellation_reason"] = call.Form.TextOrNull("cancellation_reason");
        await call.Store.SaveAsync(intent);
        await call.EmitAsync("setup_intent.canceled", intent);
        return intent;
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        call.Form.Accept("customer", "payment_method", "limit", "starting_after", "ending_before", "created");
        var with = call.Form.Filter("customer");
        return call.Store.PageAsync("/v1/setup_intents", Kind, call.Form, with);
    }

    private static async Task TakeMethodAsync(StripeCall call, JsonObject intent)
    {
        if (call.Form.TextOrNull("payment_method") is { } id)
        {
            intent["payment_method"] = (await PaymentMethods.UseAsync(call, id, "payment_method")).Id();
            intent["status"] = "requires_confirmation";
        }
    }

    private static JsonObject New(StripeWork work)
    {
        var id = StripeJson.NewId("seti");
        return new()
        {
            ["id"] = id,
            ["object"] = Kind,
            ["application"] = null,
            ["automatic_payment_methods"] = null,
            ["cancellation_reason"] = null,
            ["client_secret"] = $"{id}_secret_{StripeJson.NewId("s")[2..]}",
            ["created"] = work.Now,
            ["customer"] = null,
            ["customer_account"] = null,
            ["description"] = null,
            ["excluded_payment_method_types"] = null,
            ["flow_directions"] = null,
            ["last_setup_error"] = null,
            ["latest_attempt"] = null,
            ["livemode"] = false,
            ["mandate"] = null,
            ["metadata"] = new JsonObject(),
            ["next_action"] = null,
            ["on_behalf_of"] = null,
            ["payment_method"] = null,
            ["payment_method_configuration_details"] = null,
            ["payment_method_options"] = new JsonObject(),
            ["payment_method_types"] = new JsonArray("card"),
            ["single_use_mandate"] = null,
            ["status"] = "requires_payment_method",
            ["usage"] = "off_session",
        };
    }
}
