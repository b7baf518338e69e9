using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Prices of a fixed amount per unit, once or recurring. A lookup key belongs to at most one price.</summary>
internal static class Prices
{
    private const string Kind = "price";

    public static void Map(StripeRoutes routes)
    {
        routes.Post("/v1/prices", CreateAsync);
        routes.Get("/v1/prices", ListAsync);
        routes.Get("/v1/prices/{id}", call => call.Store.GetAsync(Kind, call.Id));
        routes.Post("/v1/prices/{id}", UpdateAsync);
    }

    /// <summary>Makes a price of a product that exists.</summary>
    public static async Task<JsonObject> CreateAsync(StripeWork work, Parameters form, string product)
    {
        var currency = form.Required("currency").ToLowerInvariant();
        if (form.Integer("unit_amount") is not { } amount)
        {
            throw StripeRefusal.Missing(form.PathOf("unit_amount"));
        }

        if (amount < 0)
        {
            throw StripeRefusal.Invalid("This value must be greater than or equal to 0.", form.PathOf("unit_amount"), "parameter_invalid_integer");
        }

        var price = New(work, product, currency, amount);
        if (form.Child("recurring") is { } recurring)
        {
            price["recurring"] = Recurring(recurring);
            price["type"] = "recurring";
        }

        form.CopyTexts(price, "nickname", "tax_behavior");
        form.MergeMetadata(price);
        price["active"] = form.Flag("active") ?? true;
        await TakeLookupKeyAsync(work, price, form);
        await work.Store.SaveAsync(price);
        await work.EmitAsync("price.created", price);
        return price;
    }

    private static async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept(
            "active", "billing_scheme", "currency", "lookup_key", "metadata", "nickname", "product", "product_data", "recurring", "tax_behavior",
            "transfer_lookup_key", "unit_amount");
        if (form.Child("product_data") is { } data)
        {
            var made = await Products.CreateAsync(call, data.TextOrNull("id") ?? StripeJson.NewId("prod"), data.Required("name"), data);
            return await CreateAsync(call, form, made.Id());
        }

        var product = await call.Store.GetAsync("product", form.Required("product"), "product");
        return await CreateAsync(call, form, product.Id());
    }

    private static async Task<JsonObject> UpdateAsync(StripeCall call)
    {
        var form = call.Form.Accept("active", "lookup_key", "metadata", "nickname", "tax_behavior", "transfer_lookup_key");
        var price = await call.Store.GetAsync(Kind, call.Id);
        var before = price.Copy();
        form.CopyTexts(price, "nickname", "tax_behavior");
        form.MergeMetadata(price);
        if (form.Flag("active") is { } active)
        {
            price["active"] = active;
        }

        await TakeLookupKeyAsync(call, price, form);
        await SaveAsync(call, price, before);
        return price;
    }

    /// <summary>Stores a changed price, also where it stands inside subscriptions: there, too, it is answered as it is now.</summary>
    private static async Task SaveAsync(StripeWork work, JsonObject price, JsonObject before)
    {
        await work.Store.SaveAsync(price);
        await work.EmitAsync("price.updated", price, before);
        foreach (var subscription in await work.Store.AllAsync(Subscriptions.Kind, Subscriptions.WithPrice(price.Id())))
        {
            foreach (var item in subscription.Child("items").Items().Where(i => i.Child("price").Id() == price.Id()))
            {
                SubscriptionBuilder.SetPrice(item, price);
            }

            await work.Store.SaveAsync(subscription);
        }
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        var form = call.Form.Accept(
            "active", "currency", "lookup_keys", "product", "recurring", "type", "limit", "starting_after", "ending_before", "created");
        var with = form.Filter("currency", "product", "type");
        if (form.Flag("active") is { } active)
        {
            with["active"] = active;
        }

        var keys = form.Texts("lookup_keys");
        if (keys.Count > 10)
        {
            throw StripeRefusal.Invalid("Array lookup_keys exceeded maximum 10 allowed elements.", "lookup_keys");
        }

        return call.Store.PageAsync("/v1/prices", Kind, form, with, keys.Count == 0 ? null : keys.Select(k => new JsonObject { ["lookup_key"] = k }).ToList());
    }

    private static async Task TakeLookupKeyAsync(StripeWork work, JsonObject price, Parameters form)
    {
        if (form.Clears("lookup_key"))
        {
            price["lookup_key"] = null;
        }

        if (form.TextOrNull("lookup_key") is not { } key)
        {
            return;
        }

        foreach (var other in await work.Store.AllAsync(Kind, new() { ["lookup_key"] = key }))
        {
            if (other.Id() == price.Id())
            {
                continue;
            }

            if (form.Flag("transfer_lookup_key") != true)
            {
                throw StripeRefusal.Invalid($"A price (`{other.Id()}`) already uses that lookup key.", "lookup_key");
            }

            var before = other.Copy();
            other["lookup_key"] = null;
            await SaveAsync(work, other, before);
        }

        price["lookup_key"] = key;
    }

    private static JsonObject Recurring(Parameters form)
    {
        form.Accept("interval", "interval_count", "usage_type", "meter", "trial_period_days");
        form.Required("interval");
        return new()
        {
            ["interval"] = form.OneOf("interval", "month", "day", "week", "month", "year"),
            ["interval_count"] = form.Integer("interval_count") ?? 1,
            ["meter"] = null,
            ["trial_period_days"] = null,
            ["usage_type"] = form.OneOf("usage_type", "licensed", "licensed", "metered"),
        };
    }

    private static JsonObject New(StripeWork work, string product, string currency, long amount) => new()
    {
        ["id"] = StripeJson.NewId("price"),
        ["object"] = Kind,
        ["active"] = true,
        ["billing_scheme"] = "per_unit",
        ["created"] = work.Now,
        ["currency"] = currency,
        ["custom_unit_amount"] = null,
        ["livemode"] = false,
        ["lookup_key"] = null,
        ["metadata"] = new JsonObject(),
        ["nickname"] = null,
        ["product"] = product,
        ["recurring"] = null,
        ["tax_behavior"] = "unspecified",
        ["tiers_mode"] = null,
        ["transform_quantity"] = null,
        ["type"] = "one_time",
        ["unit_amount"] = amount,
        ["unit_amount_decimal"] = amount.ToString(CultureInfo.InvariantCulture),
    };
}
