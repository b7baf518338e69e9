using System.Text.Json;

namespace ToolboxAI.Tests.Local.Stripe;

public sealed class DescriptionTests
{
    [Fact]
    public async Task Every_answer_and_every_event_is_as_the_official_description_says()
    {
        var official = OfficialDescription.Read();
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);

        await CustomersAndCardsAsync(http);
        await CatalogueAsync(http);
        await PaymentsAsync(http);
        await BillingAsync(world, http);
        await InvoicesByHandAsync(http);
        await SetupAsync(http);
        await http.GetAsync("/v1/events?limit=100");
        await http.GetAsync($"/v1/events/{world.Received[0].Event.Id}");
        await world.SettleAsync();

        var wrong = http.Answers.SelectMany(a => official.Judge(a.Method, a.Path, a.Status, a.Body)).ToList();
        foreach (var webhook in world.Received)
        {
            using var told = JsonDocument.Parse(webhook.Body);
            wrong.AddRange(official.JudgeEvent(told.RootElement));
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences:\n{string.Join('\n', wrong.Distinct().Take(60))}");
        Assert.True(http.Answers.Count > 80 && world.Received.Count > 80, $"{http.Answers.Count} answers, {world.Received.Count} events");
    }

    [Theory]
    [InlineData("""{"id":"re_1","object":"refund"}""", "amount is missing")]
    [InlineData("""{"id":1}""", "id is Number, not string")]
    [InlineData("""{"object":"charge"}""", "object is \"charge\", which is none of the allowed")]
    [InlineData("""{"status":"succeeded","colour":"red"}""", "colour is not described")]
    [InlineData("""{"metadata":{"a":1}}""", "metadata.a is Number, not string")]
    [InlineData("""{"amount":null}""", "amount is null")]
    public void The_judge_sees_what_is_wrong(string refund, string complaint)
    {
        using var answer = JsonDocument.Parse(refund);

        var wrong = OfficialDescription.Read().Judge("GET", "/v1/refunds/re_1", 200, answer.RootElement);

        Assert.Contains(wrong, w => w.EndsWith(complaint, StringComparison.Ordinal));
    }

    private static async Task CustomersAndCardsAsync(StripeHttp http)
    {
        var customer = await http.PostAsync("/v1/customers", "email=a@b.example&name=A&metadata[tenant]=demo&address[city]=Berlin&address[country]=DE&shipping[name]=A&shipping[address][line1]=B");
        await http.GetAsync($"/v1/customers/{customer.Id}?expand[]=subscriptions");
        var card = await http.PostAsync("/v1/payment_methods/pm_card_visa/attach", $"customer={customer.Id}");
        await http.PostAsync($"/v1/customers/{customer.Id}", $"invoice_settings[default_payment_method]={card.Id}");
        await http.GetAsync("/v1/payment_methods/pm_card_mastercard");
        await http.GetAsync($"/v1/payment_methods?customer={customer.Id}&type=card");
        await http.GetAsync($"/v1/customers/{customer.Id}/payment_methods");
        await http.PostAsync("/v1/payment_methods", "type=card&card[token]=tok_visa&billing_details[name]=A");
        await http.PostAsync($"/v1/payment_methods/{card.Id}", "metadata[a]=b");
        await http.PostAsync($"/v1/payment_methods/{card.Id}/detach");
        await http.PostAsync("/v1/payment_methods/pm_card_chargeDeclined/attach", $"customer={customer.Id}");
        await http.GetAsync("/v1/customers?limit=3&email=a@b.example");
        await http.DeleteAsync($"/v1/customers/{customer.Id}");
        await http.GetAsync($"/v1/customers/{customer.Id}");
        await http.GetAsync("/v1/customers/cus_none");
    }

    private static async Task CatalogueAsync(StripeHttp http)
    {
        var product = await http.PostAsync("/v1/products", "name=School&description=D&images[]=https://a.example/b.png&metadata[plan]=school");
        await http.PostAsync($"/v1/products/{product.Id}", "name=School plan");
        await http.GetAsync($"/v1/products/{product.Id}");
        await http.GetAsync($"/v1/products?active=true&ids[]={product.Id}");
        var price = await http.PostAsync("/v1/prices", $"product={product.Id}&currency=eur&unit_amount=1900&recurring[interval]=month&lookup_key=school");
        await http.PostAsync("/v1/prices", "product_data[name]=Once&currency=eur&unit_amount=500");
        await http.PostAsync($"/v1/prices/{price.Id}", "nickname=School monthly");
        await http.GetAsync($"/v1/prices/{price.Id}?expand[]=product");
        await http.GetAsync("/v1/prices?lookup_keys[]=school");
        var unused = await http.PostAsync("/v1/products", "name=Unused");
        await http.DeleteAsync($"/v1/products/{unused.Id}");
    }

    private static async Task PaymentsAsync(StripeHttp http)
    {
        var paid = await http.PostAsync("/v1/payment_intents", "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true&payment_method_types[]=card&shipping[name]=A&shipping[address][line1]=B");
        await http.GetAsync($"/v1/payment_intents/{paid.Id}?expand[]=latest_charge&expand[]=payment_method");
        var charge = paid.Text("latest_charge");
        await http.GetAsync($"/v1/charges/{charge}?expand[]=refunds");
        var refund = await http.PostAsync("/v1/refunds", $"payment_intent={paid.Id}&amount=500&reason=requested_by_customer");
        await http.PostAsync("/v1/refunds", $"charge={charge}");
        await http.PostAsync($"/v1/refunds/{refund.Id}", "metadata[a]=b");
        await http.GetAsync($"/v1/refunds/{refund.Id}");
        await http.GetAsync($"/v1/refunds?charge={charge}");
        await http.PostAsync("/v1/payment_intents", "amount=2000&currency=usd&payment_method=pm_card_visa_chargeDeclinedLostCard&confirm=true");
        await http.PostAsync("/v1/payment_intents", "amount=2000&currency=usd&payment_method=pm_card_authenticationRequired&confirm=true");
        var open = await http.PostAsync("/v1/payment_intents", "amount=2000&currency=usd");
        await http.PostAsync($"/v1/payment_intents/{open.Id}", "amount=2100&description=D");
        await http.PostAsync($"/v1/payment_intents/{open.Id}/confirm", "payment_method=pm_card_visa");
        var held = await http.PostAsync("/v1/payment_intents", "amount=2000&currency=usd&capture_method=manual&payment_method=pm_card_visa&confirm=true");
        await http.PostAsync($"/v1/payment_intents/{held.Id}/capture");
        var dropped = await http.PostAsync("/v1/payment_intents", "amount=2000&currency=usd");
        await http.PostAsync($"/v1/payment_intents/{dropped.Id}/cancel");
        await http.GetAsync("/v1/payment_intents?limit=100");
        await http.GetAsync("/v1/charges?limit=100");
    }

    private static async Task BillingAsync(StripeWorld world, StripeHttp http)
    {
        var customer = (await world.CustomerAsync()).Id;
        var price = (await world.PriceAsync()).Id;
        var started = await http.PostAsync(
            "/v1/subscriptions", $"customer={customer}&items[0][price]={price}&metadata[a]=b&expand[]=latest_invoice.payments&expand[]=customer&payment_behavior=error_if_incomplete");
        var trial = await http.PostAsync("/v1/subscriptions", $"customer={customer}&items[0][price]={price}&trial_period_days=3");
        var waiting = await http.PostAsync(
            "/v1/subscriptions", $"customer={customer}&items[0][price]={price}&payment_behavior=default_incomplete&expand[]=latest_invoice.confirmation_secret");
        await world.GiveCardAsync(customer, "pm_card_chargeCustomerFail");
        await http.PostAsync("/v1/subscriptions", $"customer={customer}&items[0][price]={price}&payment_behavior=error_if_incomplete");
        await world.AdvanceAsync(TimeSpan.FromDays(33));
        var invoices = await http.GetAsync($"/v1/invoices?subscription={started.Id}&expand[]=data.payments");
        var invoice = invoices.Body.GetProperty("data")[0].GetProperty("id").GetString()!;
        await http.GetAsync($"/v1/invoices/{invoice}?expand[]=payments.data.payment.payment_intent&expand[]=subscription");
        await http.GetAsync($"/v1/invoices/{invoice}?expand[]=payments.data.payment.payment_intent&expand[]=parent.subscription_details.subscription");
        await http.GetAsync($"/v1/invoices/{invoice}/lines");
        await http.GetAsync($"/v1/invoice_payments?invoice={invoice}");
        await http.PostAsync($"/v1/invoices/{invoice}/pay", "off_session=true");
        await http.PostAsync($"/v1/invoices/{invoice}/mark_uncollectible");
        await http.PostAsync($"/v1/invoices/{invoice}/void");
        await http.PostAsync($"/v1/subscriptions/{started.Id}", "pause_collection[behavior]=void&cancel_at_period_end=true");
        await http.PostAsync($"/v1/subscriptions/{started.Id}", "pause_collection=");
        await http.GetAsync($"/v1/subscriptions/{waiting.Id}");
        await http.GetAsync($"/v1/subscriptions?customer={customer}&status=all");
        await http.GetAsync($"/v1/subscription_items?subscription={started.Id}");
        await http.DeleteAsync($"/v1/subscriptions/{trial.Id}");
        await http.DeleteAsync($"/v1/subscriptions/{trial.Id}");
    }

    private static async Task InvoicesByHandAsync(StripeHttp http)
    {
        var customer = (await http.PostAsync("/v1/customers", "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa")).Id;
        var item = await http.PostAsync("/v1/invoiceitems", $"customer={customer}&amount=2000&currency=usd&description=D");
        await http.GetAsync($"/v1/invoiceitems/{item.Id}");
        await http.GetAsync($"/v1/invoiceitems?customer={customer}");
        var invoice = await http.PostAsync("/v1/invoices", $"customer={customer}&pending_invoice_items_behavior=include");
        await http.PostAsync($"/v1/invoices/{invoice.Id}", "description=D");
        await http.PostAsync($"/v1/invoices/{invoice.Id}/finalize");
        await http.PostAsync($"/v1/invoices/{invoice.Id}/pay");
        await http.PostAsync($"/v1/invoices/{invoice.Id}/pay");
        await http.PostAsync("/v1/invoiceitems", $"customer={customer}&amount=100&currency=usd");
        var outside = await http.PostAsync("/v1/invoices", $"customer={customer}&pending_invoice_items_behavior=include");
        await http.PostAsync($"/v1/invoices/{outside.Id}/pay", "paid_out_of_band=true");
        var empty = await http.PostAsync("/v1/invoices", $"customer={customer}");
        await http.DeleteAsync($"/v1/invoices/{empty.Id}");
    }

    private static async Task SetupAsync(StripeHttp http)
    {
        var done = await http.PostAsync("/v1/setup_intents", "payment_method=pm_card_visa&confirm=true&payment_method_types[]=card");
        await http.GetAsync($"/v1/setup_intents/{done.Id}");
        var open = await http.PostAsync("/v1/setup_intents", "usage=off_session");
        await http.PostAsync($"/v1/setup_intents/{open.Id}/confirm", "payment_method=pm_card_chargeDeclined");
        await http.PostAsync($"/v1/setup_intents/{open.Id}/cancel");
        await http.GetAsync("/v1/setup_intents?limit=5");
    }
}
