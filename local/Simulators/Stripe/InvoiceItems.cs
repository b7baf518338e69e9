using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Invoice items: amounts that wait for a customer's next invoice, or go onto a draft.</summary>
internal static class InvoiceItems
{
    private const string Kind = "invoiceitem";

    public static void Map(StripeRoutes routes)
    {
        routes.Post("/v1/invoiceitems", CreateAsync);
        routes.Get("/v1/invoiceitems", ListAsync);
        routes.Get("/v1/invoiceitems/{id}", call => call.Store.GetAsync(Kind, call.Id));
        routes.Delete("/v1/invoiceitems/{id}", DeleteAsync);
    }

    /// <summary>The items of a customer that are on no invoice yet, the newest first.</summary>
    public static async Task<IReadOnlyList<JsonObject>> TakePendingAsync(StripeWork work, string customer) =>
        (await work.Store.AllAsync(Kind, new() { ["customer"] = customer, ["invoice"] = null })).Where(i => !i.Flag("deleted")).ToList();

    private static async Task<JsonObject> CreateAsync(StripeCall call)
    {
        var form = call.Form.Accept(
            "amount", "currency", "customer", "description", "discountable", "invoice", "metadata", "period", "pricing", "quantity", "unit_amount_decimal");
        var customer = await call.Store.GetAsync("customer", form.Required("customer"), "customer");
        var item = New(call, customer.Id(), await PriceAsync(call, form));
        item["description"] = form.TextOrNull("description");
        form.MergeMetadata(item);
        if (form.TextOrNull("invoice") is { } id)
        {
            var invoice = await call.Store.GetAsync("invoice", id, "invoice");
            if (invoice.Text("status") != "draft")
            {
                throw StripeRefusal.Invalid("This invoice is no longer editable", "invoice", "invoice_not_editable", began: true);
            }

            item["invoice"] = id;
            InvoiceBuilder.AddInvoiceItem(invoice, item);
            await call.Store.SaveAsync(invoice);
        }

        await call.Store.SaveAsync(item);
        await call.EmitAsync("invoiceitem.created", item);
        return item;
    }

    private static async Task<(long Amount, long Quantity, string Currency, JsonObject? Price)> PriceAsync(StripeCall call, Parameters form)
    {
        var quantity = form.Integer("quantity") ?? 1;
        if (form.Child("pricing")?.TextOrNull("price") is { } id)
        {
            var price = await call.Store.GetAsync("price", id, "pricing[price]");
            return (price.Number("unit_amount") * quantity, quantity, price.Text("currency")!, price);
        }

        return (form.RequiredInteger("amount"), quantity, (form.TextOrNull("currency") ?? "usd").ToLowerInvariant(), null);
    }

    private static async Task<JsonObject> DeleteAsync(StripeCall call)
    {
        var item = await call.Store.GetAsync(Kind, call.Id);
        if (item["invoice"] is not null)
        {
            throw StripeRefusal.Invalid("This invoice item is already on an invoice.", code: "invoice_not_editable", began: true);
        }

        item["deleted"] = true;
        await call.Store.SaveAsync(item);
        await call.EmitAsync("invoiceitem.deleted", item);
        return new() { ["id"] = call.Id, ["object"] = Kind, ["deleted"] = true };
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        var form = call.Form.Accept("customer", "invoice", "limit", "starting_after", "ending_before", "created");
        var with = form.Filter("customer", "invoice");

        return call.Store.PageAsync("/v1/invoiceitems", Kind, form, with);
    }

    private static JsonObject New(StripeWork work, string customer, (long Amount, long Quantity, string Currency, JsonObject? Price) of) => new()
    {
        ["id"] = StripeJson.NewId("ii"),
        ["object"] = Kind,
        ["amount"] = of.Amount,
        ["currency"] = of.Currency,
        ["customer"] = customer,
        ["customer_account"] = null,
        ["date"] = work.Now,
        ["description"] = null,
        ["discountable"] = true,
        ["discounts"] = new JsonArray(),
        ["invoice"] = null,
        ["livemode"] = false,
        ["metadata"] = new JsonObject(),
        ["net_amount"] = of.Amount,
        ["parent"] = null,
        ["period"] = new JsonObject { ["end"] = work.Now, ["start"] = work.Now },
        ["pricing"] = InvoiceBuilder.Pricing(of.Price?.Id(), of.Price?.Text("product"), of.Amount / Math.Max(of.Quantity, 1)),
        ["proration"] = false,
        ["quantity"] = of.Quantity,
        ["quantity_decimal"] = of.Quantity.ToString(CultureInfo.InvariantCulture),
        ["tax_rates"] = new JsonArray(),
        ["test_clock"] = null,
    };
}
