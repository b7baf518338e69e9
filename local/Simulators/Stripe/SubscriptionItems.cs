using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>A subscription's items. Simpler than the original: a change costs nothing for the running period (no proration).</summary>
internal static class SubscriptionItems
{
    public static void Map(StripeRoutes routes) => routes.Get("/v1/subscription_items", ListAsync);

    /// <summary>Adds, changes and removes items as <c>items[n]</c> asks.</summary>
    public static async Task ApplyAsync(StripeWork work, JsonObject subscription, IReadOnlyList<Parameters> wanted)
    {
        var items = subscription.Child("items")["data"]!.AsArray();
        foreach (var form in wanted)
        {
            form.Accept("id", "price", "quantity", "deleted", "metadata", "tax_rates", "discounts");
            if (form.TextOrNull("id") is { } id)
            {
                var item = items.OfType<JsonObject>().FirstOrDefault(i => i.Id() == id) ?? throw StripeRefusal.NoSuch("subscription_item", id, form.PathOf("id"));
                await ChangeAsync(work, items, item, form);
                continue;
            }

            var price = await PriceAsync(work, form, form.Required("price"));
            var added = SubscriptionBuilder.NewItem(work, subscription.Id(), price, form.Integer("quantity") ?? 1);
            form.MergeMetadata(added);
            if (items.Count > 0)
            {
                added["current_period_start"] = items[0]!.Number("current_period_start");
                added["current_period_end"] = items[0]!.Number("current_period_end");
            }

            items.Add((JsonNode)added);
        }
    }

    private static async Task ChangeAsync(StripeWork work, JsonArray items, JsonObject item, Parameters form)
    {
        if (form.Flag("deleted") == true)
        {
            items.Remove(item);
            return;
        }

        if (form.TextOrNull("price") is { } price)
        {
            SubscriptionBuilder.SetPrice(item, await PriceAsync(work, form, price));
        }

        item["quantity"] = form.Integer("quantity") ?? item.Number("quantity");
        form.MergeMetadata(item);
    }

    private static async Task<JsonObject> PriceAsync(StripeWork work, Parameters form, string id)
    {
        var price = await work.Store.GetAsync("price", id, form.PathOf("price"));
        if (price["recurring"] is null)
        {
            throw StripeRefusal.Invalid(
                $"The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.", form.PathOf("price"));
        }

        return price.Flag("active")
            ? price
            : throw StripeRefusal.Invalid("The price specified is inactive. This field only accepts active prices.", form.PathOf("price"), "price_inactive");
    }

    private static async Task<JsonObject> ListAsync(StripeCall call)
    {
        call.Form.Accept("subscription", "limit", "starting_after", "ending_before");
        var subscription = await call.Store.GetAsync(Subscriptions.Kind, call.Form.Required("subscription"), "subscription");
        return subscription.Child("items").Copy();
    }
}
