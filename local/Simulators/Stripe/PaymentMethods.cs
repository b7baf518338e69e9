using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Payment methods. The test cards (<c>pm_card_…</c>) are there for everybody; attaching one makes a copy with an id of its own.</summary>
internal static class PaymentMethods
{
    private const string Kind = "payment_method";

    public static void Map(StripeRoutes routes)
    {
        routes.Post("/v1/payment_methods", CreateAsync);
        routes.Get("/v1/payment_methods", ListAsync);
        routes.Get("/v1/payment_methods/{id}", async call => await UseAsync(call, call.Id, "id", keep: false));
        routes.Post("/v1/payment_methods/{id}", UpdateAsync);
        routes.Post("/v1/payment_methods/{id}/attach", AttachAsync);
        routes.Post("/v1/payment_methods/{id}/detach", DetachAsync);
        routes.Get("/v1/customers/{id}/payment_methods", ListOfCustomerAsync);
    }

    /// <summary>The payment method that a parameter names; of a test card a new one is made, and stored when <paramref name="keep"/>.</summary>
    public static async Task<JsonObject> UseAsync(StripeWork work, string id, string param, bool keep = true)
    {
        if (TestCards.NameOf(id) is not { } card)
        {
            return await work.Store.FindAsync(Kind, id) ?? throw StripeRefusal.Invalid(
                $"No such PaymentMethod: '{id}'", param, "resource_missing", param == "id" ? 404 : 400);
        }

        var made = New(work, card, keep ? StripeJson.NewId("pm") : id);
        if (keep)
        {
            await work.Store.SaveAsync(made);
        }

        return made;
    }

    /// <summary>The payment method that a parameter names and that must be attached to <paramref name="customer"/>.</summary>
    public static async Task<JsonObject> OfCustomerAsync(StripeWork work, string id, string customer, string param)
    {
        var found = await work.Store.FindAsync(Kind, id);
        return found?.Text("customer") == customer
            ? found
            : throw StripeRefusal.Invalid(
                $"The customer does not have a payment method with the ID {id}. The payment method must be attached to the customer.",
                param, "resource_missing");
    }

    public static async Task<JsonObject> AttachAsync(StripeWork work, string id, string customer)
    {
        var method = await UseAsync(work, id, "id");
        if (TestCards.Of(method) is { Attaches: false, Decline: { } decline })
        {
            throw new StripeRefusal(402, decline.Error(), began: true);
        }

        if (method.Text("customer") is { } owner && owner != customer)
        {
            throw StripeRefusal.Invalid(
                "The payment method you provided has already been attached to a customer.", code: "payment_method_already_attached", began: true);
        }

        method["customer"] = customer;
        await work.Store.SaveAsync(method);
        await work.EmitAsync("payment_method.attached", method);
        return method;
    }

    private static async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept("type", "card", "billing_details", "metadata", "allow_redisplay");
        form.OneOf("type", "card", "card");
        var card = form.Child("card") ?? throw StripeRefusal.Missing("card");
        var made = New(call, CardName(card), StripeJson.NewId("pm"));
        form.MergeMetadata(made);
        form.CopyTexts(made, "allow_redisplay");
        if (form.Child("billing_details") is { } details)
        {
            details.CopyTexts(made.Child("billing_details"), "email", "name", "phone");
        }

        await call.Store.SaveAsync(made);
        return made;
    }

    /// <summary>Card numbers are never taken, in Stripe's words; a token of a test card is.</summary>
    private static string CardName(Parameters card) => card.TextOrNull("token") is { } token
        ? TestCards.NameOf(token) ?? throw StripeRefusal.NoSuch("token", token, "card[token]")
        : throw new StripeRefusal(402, new JsonObject
        {
            ["message"] = "Sending credit card numbers directly to the Stripe API is generally unsafe. To continue processing use Stripe.js, "
                + "the Stripe mobile bindings, or Stripe Elements. If you are testing, use test payment methods such as pm_card_visa.",
            ["type"] = "invalid_request_error",
        });

    private static async Task<JsonObject> UpdateAsync(StripeCall call)
    {
        call.Form.Accept("metadata", "billing_details", "allow_redisplay", "card");
        var method = await call.Store.GetAsync(Kind, call.Id);
        call.Form.MergeMetadata(method);
        call.Form.CopyTexts(method, "allow_redisplay");
        await call.Store.SaveAsync(method);
        return method;
    }

    private static async Task<JsonObject> AttachAsync(StripeCall call)
    {
        call.Form.Accept("customer");
        var customer = await call.Store.GetAsync("customer", call.Form.Required("customer"), "customer");
        return await AttachAsync(call, call.Id, customer.Id());
    }

    private static async Task<JsonObject> DetachAsync(StripeCall call)
    {
        var method = await call.Store.GetAsync(Kind, call.Id);
        if (method.Text("customer") is not { } customer)
        {
            throw StripeRefusal.Invalid(
                "The payment method you provided is not attached to a customer so detachment is impossible.", code: "payment_method_not_attached", began: true);
        }

        var before = method.Copy();
        method["customer"] = null;
        await call.Store.SaveAsync(method);
        await Customers.ForgetMethodAsync(call, customer, method.Id());
        await call.EmitAsync("payment_method.detached", method, before);
        return method;
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        call.Form.Accept("customer", "type", "limit", "starting_after", "ending_before", "allow_redisplay");
        return PageAsync(call, "/v1/payment_methods", call.Form.TextOrNull("customer"));
    }

    private static async Task<JsonObject> ListOfCustomerAsync(StripeCall call)
    {
        call.Form.Accept("type", "limit", "starting_after", "ending_before", "allow_redisplay");
        await call.Store.GetAsync("customer", call.Id);
        return await PageAsync(call, $"/v1/customers/{call.Id}/payment_methods", call.Id);
    }

    private static Task<JsonObject> PageAsync(StripeCall call, string url, string? customer)
    {
        var with = new JsonObject();
        if (customer is not null)
        {
            with["customer"] = customer;
        }

        if (call.Form.TextOrNull("type") is { } type)
        {
            with["type"] = type;
        }

        return call.Store.PageAsync(url, Kind, call.Form, with);
    }

    private static JsonObject New(StripeWork work, string name, string id)
    {
        var card = TestCards.Find("pm_card_" + name)!;
        return new()
        {
            ["id"] = id,
            ["object"] = Kind,
            ["allow_redisplay"] = "unspecified",
            ["billing_details"] = new JsonObject
            {
                ["address"] = StripeJson.EmptyAddress(),
                ["email"] = null,
                ["name"] = null,
                ["phone"] = null,
                ["tax_id"] = null,
            },
            ["card"] = Card(work, card),
            ["created"] = work.Now,
            ["customer"] = null,
            ["customer_account"] = null,
            ["livemode"] = false,
            ["metadata"] = new JsonObject(),
            ["type"] = "card",
            ["_card"] = name,
        };
    }

    private static JsonObject Card(StripeWork work, TestCard card) => new()
    {
        ["brand"] = card.Brand,
        ["checks"] = new JsonObject { ["address_line1_check"] = null, ["address_postal_code_check"] = null, ["cvc_check"] = "pass" },
        ["country"] = card.Country,
        ["display_brand"] = card.Brand,
        ["exp_month"] = work.Time.Month,
        ["exp_year"] = work.Time.Year + 1,
        ["fingerprint"] = "Local" + card.Brand + card.Last4,
        ["funding"] = card.Funding,
        ["generated_from"] = null,
        ["last4"] = card.Last4,
        ["networks"] = new JsonObject { ["available"] = new JsonArray(card.Brand), ["preferred"] = null },
        ["regulated_status"] = "unregulated",
        ["three_d_secure_usage"] = new JsonObject { ["supported"] = true },
        ["wallet"] = null,
    };
}
