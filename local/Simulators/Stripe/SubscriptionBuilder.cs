using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>New subscriptions and their items, in the API's form, and the arithmetic of their periods.</summary>
internal static class SubscriptionBuilder
{
    public static JsonObject New(StripeWork work, string customer, string currency)
    {
        var id = StripeJson.NewId("sub");
        return new()
        {
            ["id"] = id,
            ["object"] = "subscription",
            ["application"] = null,
            ["application_fee_percent"] = null,
            ["automatic_tax"] = new JsonObject { ["disabled_reason"] = null, ["enabled"] = false, ["liability"] = null },
            ["billing_cycle_anchor"] = work.Now,
            ["billing_cycle_anchor_config"] = null,
            ["billing_mode"] = new JsonObject { ["flexible"] = new JsonObject { ["proration_discounts"] = "included" }, ["type"] = "flexible" },
            ["billing_schedules"] = new JsonArray(),
            ["billing_thresholds"] = null,
            ["cancel_at"] = null,
            ["cancel_at_period_end"] = false,
            ["canceled_at"] = null,
            ["cancellation_details"] = new JsonObject { ["comment"] = null, ["feedback"] = null, ["reason"] = null },
            ["collection_method"] = "charge_automatically",
            ["created"] = work.Now,
            ["currency"] = currency,
            ["customer"] = customer,
            ["customer_account"] = null,
            ["days_until_due"] = null,
            ["default_payment_method"] = null,
            ["default_source"] = null,
            ["default_tax_rates"] = new JsonArray(),
            ["description"] = null,
            ["discounts"] = new JsonArray(),
            ["ended_at"] = null,
            ["invoice_settings"] = new JsonObject { ["account_tax_ids"] = null, ["custom_fields"] = null, ["description"] = null, ["footer"] = null, ["issuer"] = new JsonObject { ["type"] = "self" } },
            ["items"] = StripeJson.List($"/v1/subscription_items?subscription={id}", []),
            ["latest_invoice"] = null,
            ["livemode"] = false,
            ["managed_payments"] = null,
            ["metadata"] = new JsonObject(),
            ["next_pending_invoice_item_invoice"] = null,
            ["on_behalf_of"] = null,
            ["pause_collection"] = null,
            ["payment_settings"] = new JsonObject { ["payment_method_options"] = null, ["payment_method_types"] = null, ["save_default_payment_method"] = "off" },
            ["pending_invoice_item_interval"] = null,
            ["pending_setup_intent"] = null,
            ["pending_update"] = null,
            ["schedule"] = null,
            ["start_date"] = work.Now,
            ["status"] = "incomplete",
            ["test_clock"] = null,
            ["transfer_data"] = null,
            ["trial_end"] = null,
            ["trial_settings"] = new JsonObject { ["end_behavior"] = new JsonObject { ["missing_payment_method"] = "create_invoice" } },
            ["trial_start"] = null,
            ["_periods"] = 0,
        };
    }

    public static JsonObject NewItem(StripeWork work, string subscription, JsonObject price, long quantity) => new()
    {
        ["id"] = StripeJson.NewId("si"),
        ["object"] = "subscription_item",
        ["billing_thresholds"] = null,
        ["created"] = work.Now,
        ["current_period_end"] = work.Now,
        ["current_period_start"] = work.Now,
        ["discounts"] = new JsonArray(),
        ["metadata"] = new JsonObject(),
        ["plan"] = Plan(price),
        ["price"] = StripeJson.Public(price),
        ["quantity"] = quantity,
        ["subscription"] = subscription,
        ["tax_rates"] = new JsonArray(),
    };

    /// <summary>Gives an item another price.</summary>
    public static void SetPrice(JsonObject item, JsonObject price)
    {
        item["price"] = StripeJson.Public(price);
        item["plan"] = Plan(price);
    }

    /// <summary>
    /// Puts the subscription into its next period. Its end is counted from the anchor, so that a subscription of the 31st
    /// ends a period on the last day of a short month and the next on the 31st again.
    /// </summary>
    public static void NextPeriod(JsonObject subscription, long start)
    {
        var periods = subscription.Number("_periods") + 1;
        subscription["_periods"] = periods;
        var recurring = subscription.Child("items").Items().First().Child("price").Child("recurring");
        SetPeriod(subscription, start, Add(subscription.Time("billing_cycle_anchor"), recurring.Text("interval")!, recurring.Number("interval_count") * periods));
    }

    public static void SetPeriod(JsonObject subscription, long start, DateTimeOffset end)
    {
        foreach (var item in subscription.Child("items").Items())
        {
            item["current_period_start"] = start;
            item["current_period_end"] = end.ToUnixTimeSeconds();
        }
    }

    public static DateTimeOffset PeriodEnd(JsonObject subscription) => subscription.Child("items").Items().First().Time("current_period_end");

    private static DateTimeOffset Add(DateTimeOffset anchor, string interval, long count) => interval switch
    {
        "day" => anchor.AddDays(count),
        "week" => anchor.AddDays(7 * count),
        "month" => anchor.AddMonths((int)count),
        _ => anchor.AddYears((int)count),
    };

    private static JsonObject Plan(JsonObject price) => new()
    {
        ["id"] = price.Id(),
        ["object"] = "plan",
        ["active"] = price.Flag("active"),
        ["amount"] = price.Number("unit_amount"),
        ["amount_decimal"] = price.Text("unit_amount_decimal"),
        ["billing_scheme"] = "per_unit",
        ["created"] = price.Number("created"),
        ["currency"] = price.Text("currency"),
        ["interval"] = price["recurring"].Text("interval"),
        ["interval_count"] = price["recurring"].Number("interval_count"),
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["meter"] = null,
        ["nickname"] = price.Text("nickname"),
        ["product"] = price.Text("product"),
        ["tiers_mode"] = null,
        ["transform_usage"] = null,
        ["trial_period_days"] = null,
        ["usage_type"] = price["recurring"].Text("usage_type"),
    };
}
