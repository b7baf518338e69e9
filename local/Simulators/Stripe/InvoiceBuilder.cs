using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>New invoices and their lines, in the API's form.</summary>
internal static class InvoiceBuilder
{
    /// <summary>What every new draft has.</summary>
    private static readonly JsonObject Blank = new()
    {
        ["object"] = "invoice",
        ["account_country"] = "US",
        ["account_name"] = "ToolboxAI",
        ["account_tax_ids"] = null,
        ["amount_due"] = 0,
        ["amount_overpaid"] = 0,
        ["amount_paid"] = 0,
        ["amount_remaining"] = 0,
        ["amount_shipping"] = 0,
        ["application"] = null,
        ["attempt_count"] = 0,
        ["attempted"] = false,
        ["automatic_tax"] = new JsonObject { ["disabled_reason"] = null, ["enabled"] = false, ["liability"] = null, ["provider"] = null, ["status"] = null },
        ["automatically_finalizes_at"] = null,
        ["collection_method"] = "charge_automatically",
        ["custom_fields"] = null,
        ["customer_account"] = null,
        ["customer_shipping"] = null,
        ["customer_tax_exempt"] = "none",
        ["customer_tax_ids"] = new JsonArray(),
        ["default_payment_method"] = null,
        ["default_source"] = null,
        ["default_tax_rates"] = new JsonArray(),
        ["description"] = null,
        ["discounts"] = new JsonArray(),
        ["due_date"] = null,
        ["effective_at"] = null,
        ["ending_balance"] = null,
        ["footer"] = null,
        ["from_invoice"] = null,
        ["hosted_invoice_url"] = null,
        ["invoice_pdf"] = null,
        ["issuer"] = new JsonObject { ["type"] = "self" },
        ["last_finalization_error"] = null,
        ["latest_revision"] = null,
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["next_payment_attempt"] = null,
        ["number"] = null,
        ["on_behalf_of"] = null,
        ["payment_settings"] = new JsonObject { ["default_mandate"] = null, ["payment_method_options"] = null, ["payment_method_types"] = null },
        ["post_payment_credit_notes_amount"] = 0,
        ["pre_payment_credit_notes_amount"] = 0,
        ["receipt_number"] = null,
        ["rendering"] = null,
        ["shipping_cost"] = null,
        ["shipping_details"] = null,
        ["starting_balance"] = 0,
        ["statement_descriptor"] = null,
        ["status"] = "draft",
        ["status_transitions"] = new JsonObject { ["finalized_at"] = null, ["marked_uncollectible_at"] = null, ["paid_at"] = null, ["voided_at"] = null },
        ["subtotal"] = 0,
        ["subtotal_excluding_tax"] = 0,
        ["test_clock"] = null,
        ["total"] = 0,
        ["total_discount_amounts"] = new JsonArray(),
        ["total_excluding_tax"] = 0,
        ["total_pretax_credit_amounts"] = new JsonArray(),
        ["total_taxes"] = new JsonArray(),
    };

    /// <summary>A draft for a customer.</summary>
    /// <param name="work">The change that it is part of.</param>
    /// <param name="customer">Who is to pay.</param>
    /// <param name="currency">In what.</param>
    /// <param name="reason">Why: <c>manual</c>, <c>subscription_create</c>, <c>subscription_cycle</c>, <c>subscription_update</c>.</param>
    /// <param name="subscription">The subscription that it belongs to, if any.</param>
    public static JsonObject New(StripeWork work, JsonObject customer, string currency, string reason, JsonObject? subscription)
    {
        var id = StripeJson.NewId("in");
        var invoice = Blank.Copy();
        invoice["id"] = id;
        invoice["auto_advance"] = subscription is not null;
        invoice["billing_reason"] = reason;
        invoice["created"] = work.Now;
        invoice["currency"] = currency;
        invoice["customer"] = customer.Id();
        invoice["customer_address"] = customer["address"]?.DeepClone();
        invoice["customer_email"] = customer.Text("email");
        invoice["customer_name"] = customer.Text("name");
        invoice["customer_phone"] = customer.Text("phone");
        invoice["lines"] = StripeJson.List($"/v1/invoices/{id}/lines", []);
        invoice["parent"] = subscription is null ? null : Parent(subscription);
        invoice["period_end"] = work.Now;
        invoice["period_start"] = work.Now;
        invoice["webhooks_delivered_at"] = work.Now;
        return invoice;
    }

    /// <summary>Adds the line of a subscription's item for its current period; a free period costs nothing.</summary>
    public static void AddLine(JsonObject invoice, JsonObject item, bool free)
    {
        var price = item.Child("price");
        var amount = free ? 0 : price.Number("unit_amount") * item.Number("quantity");
        var line = Line(invoice, amount, item.Number("quantity"), $"{item.Number("quantity")} × {price.Text("nickname") ?? price.Text("product")}");
        line["parent"] = new JsonObject
        {
            ["invoice_item_details"] = null,
            ["subscription_item_details"] = new JsonObject
            {
                ["invoice_item"] = null,
                ["proration"] = false,
                ["proration_details"] = new JsonObject { ["credited_items"] = null },
                ["subscription"] = item.Text("subscription"),
                ["subscription_item"] = item.Id(),
            },
            ["type"] = "subscription_item_details",
        };
        line["period"] = new JsonObject { ["end"] = item.Number("current_period_end"), ["start"] = item.Number("current_period_start") };
        line["pricing"] = Pricing(price.Id(), price.Text("product"), price.Number("unit_amount"));
        line["subscription"] = item.Text("subscription");
        Add(invoice, line);
    }

    /// <summary>Adds the line of an invoice item.</summary>
    public static void AddInvoiceItem(JsonObject invoice, JsonObject item)
    {
        var line = Line(invoice, item.Number("amount"), item.Number("quantity"), item.Text("description"));
        line["parent"] = new JsonObject
        {
            ["invoice_item_details"] = new JsonObject
            {
                ["invoice_item"] = item.Id(),
                ["proration"] = false,
                ["proration_details"] = new JsonObject { ["credited_items"] = null },
                ["subscription"] = null,
            },
            ["subscription_item_details"] = null,
            ["type"] = "invoice_item_details",
        };
        line["period"] = item["period"]!.DeepClone();
        line["pricing"] = item["pricing"]?.DeepClone();
        Add(invoice, line);
    }

    public static JsonObject Pricing(string? price, string? product, long unitAmount)
    {
        var pricing = new JsonObject { ["type"] = "price_details", ["unit_amount_decimal"] = unitAmount.ToString(CultureInfo.InvariantCulture) };
        if (price is not null)
        {
            pricing["price_details"] = new JsonObject { ["price"] = price, ["product"] = product };
        }

        return pricing;
    }

    private static JsonObject Line(JsonObject invoice, long amount, long quantity, string? description) => new()
    {
        ["id"] = StripeJson.NewId("il"),
        ["object"] = "line_item",
        ["amount"] = amount,
        ["currency"] = invoice.Text("currency"),
        ["description"] = description,
        ["discount_amounts"] = new JsonArray(),
        ["discountable"] = true,
        ["discounts"] = new JsonArray(),
        ["invoice"] = invoice.Id(),
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["pretax_credit_amounts"] = new JsonArray(),
        ["quantity"] = quantity,
        ["quantity_decimal"] = quantity.ToString(CultureInfo.InvariantCulture),
        ["subscription"] = null,
        ["subtotal"] = amount,
        ["taxes"] = new JsonArray(),
    };

    private static void Add(JsonObject invoice, JsonObject line)
    {
        invoice.Child("lines")["data"]!.AsArray().Add((JsonNode)line);
        var total = invoice.Child("lines").Items().Sum(l => l.Number("amount"));
        foreach (var name in new[] { "subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax" })
        {
            invoice[name] = total;
        }

        invoice["amount_due"] = Math.Max(total, 0);
        invoice["amount_remaining"] = Math.Max(total, 0);
    }

    private static JsonObject Parent(JsonObject subscription) => new()
    {
        ["quote_details"] = null,
        ["subscription_details"] = new JsonObject { ["metadata"] = subscription["metadata"]!.DeepClone(), ["subscription"] = subscription.Id() },
        ["type"] = "subscription_details",
    };
}
