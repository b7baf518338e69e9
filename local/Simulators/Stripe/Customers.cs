using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Customers.</summary>
internal static class Customers
{
    private const string Kind = "customer";
    private static readonly string[] Texts = ["description", "email", "name", "phone", "invoice_prefix", "tax_exempt"];

    private static readonly string[] Accepted =
        [.. Texts, "metadata", "invoice_settings", "address", "shipping", "balance", "preferred_locales", "payment_method", "source", "tax", "test_clock"];

    public static void Map(StripeRoutes routes)
    {
        routes.Post("/v1/customers", CreateAsync);
        routes.Get("/v1/customers", ListAsync);
        routes.Get("/v1/customers/{id}", ReadAsync);
        routes.Post("/v1/customers/{id}", UpdateAsync);
        routes.Delete("/v1/customers/{id}", DeleteAsync);
    }

    /// <summary>Takes a payment method that was detached out of the customer's settings.</summary>
    public static async Task ForgetMethodAsync(StripeWork work, string id, string method)
    {
        var customer = await work.Store.GetAsync(Kind, id);
        if (customer.Child("invoice_settings").Text("default_payment_method") == method)
        {
            var before = customer.Copy();
            customer.Child("invoice_settings")["default_payment_method"] = null;
            await work.Store.SaveAsync(customer);
            await work.EmitAsync("customer.updated", customer, before);
        }
    }

    private static async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept(Accepted);
        var customer = New(call);
        await call.Store.SaveAsync(customer);
        await ApplyAsync(call, customer, form);
        if ((form.TextOrNull("payment_method") ?? form.TextOrNull("source")) is { } method)
        {
            var attached = await PaymentMethods.AttachAsync(call, method, customer.Id());
            if (form.Has("source"))
            {
                customer.Child("invoice_settings")["default_payment_method"] = attached.Id();
            }
            else if (form.Child("invoice_settings")?.TextOrNull("default_payment_method") == method)
            {
                customer.Child("invoice_settings")["default_payment_method"] = attached.Id();
            }
        }

        await call.Store.SaveAsync(customer);
        await call.EmitAsync("customer.created", customer);
        return customer;
    }

    private static async Task<JsonObject> ReadAsync(StripeCall call)
    {
        var customer = await call.Store.FindAsync(Kind, call.Id) ?? throw StripeRefusal.NoSuch(Kind, call.Id);
        return customer.Flag("deleted") ? Deleted(call.Id) : customer;
    }

    private static async Task<JsonObject> UpdateAsync(StripeCall call)
    {
        var form = call.Form.Accept([.. Accepted, "default_source"]);
        var customer = await call.Store.GetAsync(Kind, call.Id);
        var before = customer.Copy();
        await ApplyAsync(call, customer, form);
        if (form.TextOrNull("source") is { } source)
        {
            customer.Child("invoice_settings")["default_payment_method"] = (await PaymentMethods.AttachAsync(call, source, call.Id)).Id();
        }

        await call.Store.SaveAsync(customer);
        await call.EmitAsync("customer.updated", customer, before);
        return customer;
    }

    private static async Task<JsonObject> DeleteAsync(StripeCall call)
    {
        var customer = await call.Store.GetAsync(Kind, call.Id);
        foreach (var subscription in await call.Store.AllAsync("subscription", new() { ["customer"] = call.Id }))
        {
            await Subscriptions.EndAsync(call, subscription, "cancellation_requested");
        }

        customer["deleted"] = true;
        await call.Store.SaveAsync(customer);
        var told = customer.Copy();
        told.Remove("deleted");
        await call.EmitAsync("customer.deleted", told);
        return Deleted(call.Id);
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        call.Form.Accept("email", "limit", "starting_after", "ending_before", "created");
        var with = call.Form.Filter("email");
        return call.Store.PageAsync("/v1/customers", Kind, call.Form, with);
    }

    private static async Task ApplyAsync(StripeCall call, JsonObject customer, Parameters form)
    {
        form.CopyTexts(customer, Texts);
        form.MergeMetadata(customer);
        if (form.Child("address") is { } address)
        {
            var known = StripeJson.EmptyAddress();
            address.CopyTexts(known, "city", "country", "line1", "line2", "postal_code", "state");
            customer["address"] = known;
        }

        if (form.Child("shipping") is { } shipping)
        {
            var known = StripeJson.EmptyAddress();
            shipping.Child("address")?.CopyTexts(known, "city", "country", "line1", "line2", "postal_code", "state");
            customer["shipping"] = new JsonObject { ["address"] = known, ["name"] = shipping.TextOrNull("name"), ["phone"] = shipping.TextOrNull("phone") };
        }

        if (form.Child("invoice_settings") is { } settings)
        {
            settings.Accept("default_payment_method", "footer", "custom_fields", "rendering_options").CopyTexts(customer.Child("invoice_settings"), "footer");
            if (settings.TextOrNull("default_payment_method") is { } method && method != form.TextOrNull("payment_method"))
            {
                await PaymentMethods.OfCustomerAsync(call, method, customer.Id(), "invoice_settings[default_payment_method]");
            }

            settings.CopyTexts(customer.Child("invoice_settings"), "default_payment_method");
        }
    }

    private static JsonObject Deleted(string id) => new() { ["id"] = id, ["object"] = Kind, ["deleted"] = true };

    private static JsonObject New(StripeWork work) => new()
    {
        ["id"] = StripeJson.NewId("cus"),
        ["object"] = Kind,
        ["address"] = null,
        ["balance"] = 0,
        ["created"] = work.Now,
        ["currency"] = null,
        ["customer_account"] = null,
        ["default_source"] = null,
        ["delinquent"] = false,
        ["description"] = null,
        ["discount"] = null,
        ["email"] = null,
        ["invoice_prefix"] = Guid.NewGuid().ToString("N")[..8].ToUpperInvariant(),
        ["invoice_settings"] = new JsonObject
        {
            ["custom_fields"] = null,
            ["default_payment_method"] = null,
            ["footer"] = null,
            ["rendering_options"] = null,
        },
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["name"] = null,
        ["next_invoice_sequence"] = 1,
        ["phone"] = null,
        ["preferred_locales"] = new JsonArray(),
        ["shipping"] = null,
        ["tax_exempt"] = "none",
        ["test_clock"] = null,
    };
}
