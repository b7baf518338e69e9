using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Products.</summary>
internal static class Products
{
    private const string Kind = "product";
    private static readonly string[] Texts = ["name", "description", "statement_descriptor", "unit_label", "url", "default_price"];
    private static readonly string[] Accepted = [.. Texts, "active", "metadata", "images", "shippable", "tax_code", "type"];

    public static void Map(StripeRoutes routes)
    {
        routes.Post("/v1/products", CreateAsync);
        routes.Get("/v1/products", ListAsync);
        routes.Get("/v1/products/{id}", call => call.Store.GetAsync(Kind, call.Id));
        routes.Post("/v1/products/{id}", UpdateAsync);
        routes.Delete("/v1/products/{id}", DeleteAsync);
    }

    private static async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept([.. Accepted, "id", "default_price_data"]);
        var id = form.TextOrNull("id") ?? StripeJson.NewId("prod");
        if (await call.Store.FindAsync(id) is not null)
        {
            throw StripeRefusal.Invalid("Product already exists.", "id", "resource_already_exists");
        }

        var product = await CreateAsync(call, id, form.Required("name"), form);
        if (form.Child("default_price_data") is { } price)
        {
            product["default_price"] = (await Prices.CreateAsync(call, price, product.Id())).Id();
            await call.Store.SaveAsync(product);
        }

        return product;
    }

    public static async Task<JsonObject> CreateAsync(StripeWork work, string id, string name, Parameters form)
    {
        var product = New(work, id, name);
        Apply(product, form);
        await work.Store.SaveAsync(product);
        await work.EmitAsync("product.created", product);
        return product;
    }

    private static async Task<JsonObject> UpdateAsync(StripeCall call)
    {
        call.Form.Accept(Accepted);
        var product = await call.Store.GetAsync(Kind, call.Id);
        if (call.Form.TextOrNull("default_price") is { } price)
        {
            await call.Store.GetAsync("price", price, "default_price");
        }

        var before = product.Copy();
        Apply(product, call.Form);
        product["updated"] = call.Now;
        await call.Store.SaveAsync(product);
        await call.EmitAsync("product.updated", product, before);
        return product;
    }

    private static async Task<JsonObject> DeleteAsync(StripeCall call)
    {
        var product = await call.Store.GetAsync(Kind, call.Id);
        if ((await call.Store.AllAsync("price", new() { ["product"] = call.Id })).Count > 0)
        {
            throw StripeRefusal.Invalid("This product cannot be deleted because it has one or more user-created prices.", began: true);
        }

        product["deleted"] = true;
        await call.Store.SaveAsync(product);
        await call.EmitAsync("product.deleted", product);
        return new() { ["id"] = call.Id, ["object"] = Kind, ["deleted"] = true };
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        call.Form.Accept("active", "ids", "limit", "starting_after", "ending_before", "created", "url", "shippable", "type");
        var with = call.Form.Flag("active") is { } active ? new JsonObject { ["active"] = active } : [];
        var ids = call.Form.Texts("ids");
        return call.Store.PageAsync("/v1/products", Kind, call.Form, with, ids.Count == 0 ? null : ids.Select(id => new JsonObject { ["id"] = id }).ToList());
    }

    private static void Apply(JsonObject product, Parameters form)
    {
        form.CopyTexts(product, Texts);
        form.MergeMetadata(product);
        if (form.Flag("active") is { } active)
        {
            product["active"] = active;
        }

        if (form.Has("images"))
        {
            product["images"] = new JsonArray(form.Texts("images").Select(i => (JsonNode)i!).ToArray());
        }
    }

    private static JsonObject New(StripeWork work, string id, string name) => new()
    {
        ["id"] = id,
        ["object"] = Kind,
        ["active"] = true,
        ["created"] = work.Now,
        ["default_price"] = null,
        ["description"] = null,
        ["images"] = new JsonArray(),
        ["livemode"] = false,
        ["marketing_features"] = new JsonArray(),
        ["metadata"] = new JsonObject(),
        ["name"] = name,
        ["package_dimensions"] = null,
        ["shippable"] = null,
        ["statement_descriptor"] = null,
        ["tax_code"] = null,
        ["type"] = "service",
        ["unit_label"] = null,
        ["updated"] = work.Now,
        ["url"] = null,
    };
}
