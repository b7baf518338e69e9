using System.Text;

namespace ToolboxAI.Tests.Local.Stripe;

public sealed class RequestTests
{
    [Theory]
    [InlineData(null, "You did not provide an API key.")]
    [InlineData("Bearer sk_live_51abcdefghijklmnop", "Invalid API Key provided: sk_live_")]
    [InlineData("Bearer pk_test_51abcdefghijklmnop", "Invalid API Key provided: pk_test_")]
    [InlineData("Bearer nonsense", "Invalid API Key provided:")]
    public async Task Only_a_secret_test_key_is_let_in(string? authorization, string message)
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address) { Authorization = authorization };

        var refused = await http.GetAsync("/v1/customers");

        Assert.Equal(401, refused.Status);
        Assert.Equal("invalid_request_error", refused.Error.GetProperty("type").GetString());
        Assert.StartsWith(message, refused.Error.GetProperty("message").GetString());
        Assert.DoesNotContain("abcdefghijkl", refused.Error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_key_is_also_taken_as_the_user_of_basic_authentication()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address) { Authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("sk_test_x:")) };

        Assert.Equal(200, (await http.GetAsync("/v1/customers")).Status);
    }

    [Fact]
    public async Task Refusals_are_worded_as_Stripe_words_them()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        var customer = (await http.PostAsync("/v1/customers")).Id;

        await RefusedAsync(http.GetAsync("/v1/customers/cus_x"), 404, "resource_missing", "id", "No such customer: 'cus_x'");
        await RefusedAsync(http.PostAsync("/v1/subscriptions", "customer=cus_x&items[0][price]=p"), 400, "resource_missing", "customer", "No such customer: 'cus_x'");
        await RefusedAsync(
            http.PostAsync("/v1/subscriptions", $"customer={customer}&items[0][price]=price_x"), 400, "resource_missing", "items[0][price]", "No such price: 'price_x'");
        await RefusedAsync(http.PostAsync("/v1/subscriptions", $"customer={customer}"), 400, "parameter_missing", "items", "Missing required param: items.");
        await RefusedAsync(http.PostAsync("/v1/customers", "colour=red"), 400, "parameter_unknown", "colour", "Received unknown parameter: colour");
        await RefusedAsync(http.GetAsync("/v1/customers?limit=101"), 400, "parameter_invalid_integer", "limit", "This value must be less than or equal to 100 (it currently is '101').");
        await RefusedAsync(http.GetAsync("/v1/customers?limit=x"), 400, "parameter_invalid_integer", "limit", "Invalid integer: x");
        await RefusedAsync(http.GetAsync($"/v1/customers/{customer}?expand[]=colour"), 400, null, "expand", "This property cannot be expanded (colour).");
        await RefusedAsync(http.GetAsync("/v1/colours"), 404, null, null, "Unrecognized request URL (GET: /v1/colours). Please see https://stripe.com/docs");
        await RefusedAsync(http.DeleteAsync("/v1/events"), 404, null, null, "Unrecognized request URL (DELETE: /v1/events).");
        await RefusedAsync(
            http.PostAsync($"/v1/customers/{customer}", "invoice_settings[default_payment_method]=pm_x"), 400, "resource_missing", "invoice_settings[default_payment_method]",
            "The customer does not have a payment method with the ID pm_x. The payment method must be attached to the customer.");
    }

    [Fact]
    public async Task Lists_come_page_by_page_in_both_directions_the_newest_first()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Insert(0, (await http.PostAsync("/v1/customers", $"name={i}")).Id);
        }

        var first = await http.GetAsync("/v1/customers?limit=2");
        var second = await http.GetAsync($"/v1/customers?limit=2&starting_after={made[1]}");
        var last = await http.GetAsync($"/v1/customers?limit=2&starting_after={made[3]}");
        var back = await http.GetAsync($"/v1/customers?limit=2&ending_before={made[3]}");

        Assert.Equal(made[..2], Ids(first));
        Assert.Equal(made[2..4], Ids(second));
        Assert.Equal(made[4..], Ids(last));
        Assert.Equal(made[1..3], Ids(back));
        Assert.Equal([true, true, false, true], new[] { first, second, last, back }.Select(a => a.Body.GetProperty("has_more").GetBoolean()));
        Assert.Equal("/v1/customers", first.Text("url"));
    }

    [Fact]
    public async Task Two_hundred_requests_at_once_are_all_answered_and_each_has_its_effect_once()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => http.PostAsync("/v1/customers", $"name={i}", $"k{i}")));
        await world.SettleAsync();

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Equal(200, answers.Select(a => a.Id).Distinct().Count());
        Assert.Equal(200, world.Received.Select(w => w.Event.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_list_can_be_asked_for_a_time()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        var early = await http.PostAsync("/v1/customers");
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        var late = await http.PostAsync("/v1/customers");
        var created = late.Body.GetProperty("created").GetInt64();

        Assert.Equal([late.Id], Ids(await http.GetAsync($"/v1/customers?created[gte]={created}")));
        Assert.Equal([], Ids(await http.GetAsync($"/v1/customers?created[gt]={created}")));
        Assert.Equal([early.Id], Ids(await http.GetAsync($"/v1/customers?created[lt]={created}")));
        Assert.Equal([late.Id], Ids(await http.GetAsync($"/v1/customers?created={created}")));
    }

    [Fact]
    public async Task Metadata_is_merged_and_an_empty_value_takes_its_key_away()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        var customer = (await http.PostAsync("/v1/customers", "metadata[a]=1&metadata[b]=2")).Id;

        var merged = await http.PostAsync($"/v1/customers/{customer}", "metadata[b]=&metadata[c]=3");
        var cleared = await http.PostAsync($"/v1/customers/{customer}", "metadata=");

        Assert.Equal("""{"a":"1","c":"3"}""", Compact(merged.Body.GetProperty("metadata").GetRawText()));
        Assert.Equal("{}", Compact(cleared.Body.GetProperty("metadata").GetRawText()));
    }

    [Fact]
    public async Task A_lookup_key_belongs_to_one_price_and_is_handed_over_when_asked()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);
        const string Price = "product_data[name]=School&currency=eur&unit_amount=1900&recurring[interval]=month&lookup_key=school-monthly";
        var first = await http.PostAsync("/v1/prices", Price);
        var customer = await world.CustomerAsync();
        var subscription = await http.PostAsync("/v1/subscriptions", $"customer={customer.Id}&items[0][price]={first.Id}");

        var refused = await http.PostAsync("/v1/prices", Price);
        var second = await http.PostAsync("/v1/prices", Price + "&transfer_lookup_key=true");

        Assert.Equal((400, "lookup_key"), (refused.Status, refused.Error.GetProperty("param").GetString()));
        Assert.Equal([second.Id], Ids(await http.GetAsync("/v1/prices?lookup_keys[]=school-monthly")));
        var item = (await http.GetAsync($"/v1/subscriptions/{subscription.Id}")).Body.GetProperty("items").GetProperty("data")[0];
        Assert.Equal((first.Id, null), (item.GetProperty("price").GetProperty("id").GetString(), item.GetProperty("price").GetProperty("lookup_key").GetString()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await http.GetAsync($"/v1/prices/{first.Id}")).Body.GetProperty("lookup_key").ValueKind);
    }

    [Fact]
    public async Task Every_answer_names_its_request_and_the_release_that_is_spoken()
    {
        await using var world = await StripeWorld.StartAsync();
        using var http = new StripeHttp(world.Address);

        var (one, other) = (await http.GetAsync("/v1/customers"), await http.GetAsync("/v1/customers/cus_x"));

        Assert.StartsWith("req_", one.Header("Request-Id"));
        Assert.NotEqual(one.Header("Request-Id"), other.Header("Request-Id"));
        Assert.Equal("2026-07-29.dahlia", other.Header("Stripe-Version"));
    }

    private static async Task RefusedAsync(Task<StripeAnswer> request, int status, string? code, string? param, string message)
    {
        var refused = await request;
        var error = refused.Error;
        Assert.Equal(status, refused.Status);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(code, error.TryGetProperty("code", out var given) ? given.GetString() : null);
        Assert.Equal(param, error.TryGetProperty("param", out var named) ? named.GetString() : null);
        Assert.StartsWith(message, error.GetProperty("message").GetString());
    }

    private static List<string> Ids(StripeAnswer list) => list.Body.GetProperty("data").EnumerateArray().Select(o => o.GetProperty("id").GetString()!).ToList();

    private static string Compact(string json) => json.Replace("\n", "").Replace(" ", "");
}
