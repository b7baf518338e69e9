using System.Net;
using System.Text;
using Stripe;

namespace ToolboxAI.Tests.Local.Stripe;

public sealed class StripeClientTests
{
    private const string Invoice = """
        {"id":"in_1","object":"invoice","created":1790000000,"amount_due":1900,"customer":"cus_1","status":"open","next_payment_attempt":null,
        "parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1","metadata":{}}},
        "payments":{"object":"list","has_more":false,"data":[{"id":"inpay_1","object":"invoice_payment","amount_requested":1900,
        "payment":{"type":"payment_intent","payment_intent":{"id":"pi_1","object":"payment_intent","last_payment_error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds"}}}}]}}
        """;

    [Fact]
    public async Task Parameters_are_a_form_with_brackets_and_the_version_and_key_are_headers()
    {
        var http = new Answers((HttpStatusCode.OK, """{"id":"sub_1","object":"subscription"}"""));
        var options = new SubscriptionCreateOptions
        {
            Customer = "cus_1",
            Items = [new SubscriptionItemOptions { Price = "price_1", Quantity = 2 }],
            Metadata = new() { ["tenant"] = "a b&c" },
            OffSession = true,
        };
        options.AddExpand("latest_invoice");
        options.AddExtraParam("extra", "");

        await Client(http).V1.Subscriptions.CreateAsync(options, new RequestOptions { IdempotencyKey = "k1" }, TestContext.Current.CancellationToken);

        var sent = Assert.Single(http.Sent);
        Assert.Equal("POST http://stripe.test/v1/subscriptions", sent.Line);
        Assert.Equal(
            "customer=cus_1&items[0][price]=price_1&items[0][quantity]=2&metadata[tenant]=a+b%26c&off_session=true&expand[0]=latest_invoice&extra=",
            sent.Body);
        Assert.Equal("Bearer sk_test_x", sent.Headers["Authorization"]);
        Assert.Equal("2026-07-29.dahlia", sent.Headers["Stripe-Version"]);
        Assert.Equal("k1", sent.Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task References_are_read_as_ids_or_as_expanded_objects()
    {
        var read = await Client(new Answers((HttpStatusCode.OK, Invoice))).V1.Invoices.GetAsync("in_1", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(new DateTime(2026, 9, 21, 14, 13, 20, DateTimeKind.Utc), read.Created);
        Assert.Equal("cus_1", read.CustomerId);
        Assert.Null(read.Customer);
        Assert.Null(read.NextPaymentAttempt);
        Assert.Equal("sub_1", read.Parent.SubscriptionDetails.SubscriptionId);
        var intent = read.Payments.Data[0].Payment.PaymentIntent;
        Assert.Equal("pi_1", intent.Id);
        Assert.Equal("insufficient_funds", intent.LastPaymentError.DeclineCode);
        Assert.Equal("open", read.RawJsonElement!.Value.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_refusal_is_an_exception_with_the_error_that_was_answered()
    {
        var http = new Answers((HttpStatusCode.PaymentRequired,
            """{"error":{"type":"card_error","code":"card_declined","decline_code":"lost_card","message":"Your card was declined."}}"""));

        var refused = await Assert.ThrowsAsync<StripeException>(() =>
            Client(http).V1.Invoices.PayAsync("in_1", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.PaymentRequired, refused.HttpStatusCode);
        Assert.Equal("lost_card", refused.StripeError.DeclineCode);
        Assert.Equal("Your card was declined.", refused.Message);
        Assert.Equal("req_1", refused.StripeResponse.RequestId);
    }

    [Fact]
    public async Task A_server_error_is_repeated_with_the_same_key_and_none_when_retries_are_off()
    {
        var http = new Answers((HttpStatusCode.InternalServerError, "{}"), (HttpStatusCode.OK, Invoice));

        await Client(http, retries: 1).V1.Invoices.PayAsync("in_1", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, http.Sent.Count);
        Assert.Equal(http.Sent[0].Headers["Idempotency-Key"], http.Sent[1].Headers["Idempotency-Key"]);

        var off = new Answers((HttpStatusCode.InternalServerError, "not json"), (HttpStatusCode.OK, Invoice));
        var refused = await Assert.ThrowsAsync<StripeException>(() =>
            Client(off, retries: 0).V1.Invoices.PayAsync("in_1", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Null(refused.StripeError);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.HttpStatusCode);
        Assert.Single(off.Sent);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "true", 2)]
    [InlineData(HttpStatusCode.InternalServerError, "false", 1)]
    [InlineData(HttpStatusCode.Conflict, null, 2)]
    [InlineData(HttpStatusCode.BadRequest, null, 1)]
    public async Task The_answer_s_advice_decides_whether_a_request_is_sent_again(HttpStatusCode status, string? advice, int times)
    {
        var http = new Answers((status, """{"error":{"type":"api_error","message":"no"}}"""), (HttpStatusCode.OK, Invoice)) { ShouldRetry = advice };
        var paying = Client(http, retries: 2).V1.Invoices.PayAsync(
            "in_1", requestOptions: new() { IdempotencyKey = "ours" }, cancellationToken: TestContext.Current.CancellationToken);
        if (times == 1)
        {
            await Assert.ThrowsAsync<StripeException>(() => paying);
        }
        else
        {
            await paying;
        }

        Assert.Equal(Enumerable.Repeat("ours", times), http.Sent.Select(sent => sent.Headers["Idempotency-Key"]));
    }

    [Fact]
    public async Task A_key_that_was_used_for_something_else_is_an_idempotency_error_and_is_not_sent_again()
    {
        var http = new Answers((HttpStatusCode.BadRequest, """{"error":{"type":"idempotency_error","message":"Keys for idempotent requests can only be used with the same parameters."}}"""));
        var refused = await Assert.ThrowsAsync<StripeException>(() => Client(http, retries: 2).V1.Invoices.PayAsync(
            "in_1", requestOptions: new() { IdempotencyKey = "used" }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("idempotency_error", refused.StripeError.Type);
        Assert.Single(http.Sent);
    }

    [Fact]
    public async Task No_answer_at_all_is_the_transport_s_exception_after_the_last_try()
    {
        var http = new Answers();
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            Client(http, retries: 1).V1.Invoices.GetAsync("in_1", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(2, http.Sent.Count);
        Assert.DoesNotContain("Idempotency-Key", http.Sent[0].Headers.Keys);
    }

    [Fact]
    public async Task All_pages_of_a_list_are_read()
    {
        var http = new Answers(
            (HttpStatusCode.OK, """{"object":"list","has_more":true,"data":[{"id":"in_2","object":"invoice"}]}"""),
            (HttpStatusCode.OK, """{"object":"list","has_more":false,"data":[{"id":"in_1","object":"invoice"}]}"""));

        var ids = new List<string>();
        await foreach (var invoice in Client(http).V1.Invoices.ListAutoPagingAsync(new() { Customer = "cus_1", Limit = 1 }, cancellationToken: TestContext.Current.CancellationToken))
        {
            ids.Add(invoice.Id);
        }

        Assert.Equal(["in_2", "in_1"], ids);
        Assert.Equal("GET http://stripe.test/v1/invoices?customer=cus_1&limit=1&starting_after=in_2", http.Sent[1].Line);
    }

    private static StripeClient Client(Answers http, int retries = 0) => new(new StripeClientOptions
    {
        ApiKey = "sk_test_x",
        ApiBase = "http://stripe.test",
        HttpClient = new SystemNetHttpClient(new HttpClient(http), maxNetworkRetries: retries),
    });

    private sealed record Sent(string Line, string Body, Dictionary<string, string> Headers);

    private sealed class Answers(params (HttpStatusCode Status, string Body)[] answers) : HttpMessageHandler
    {
        public List<Sent> Sent { get; } = [];

        /// <summary>What the answers that are no success advise.</summary>
        public string? ShouldRetry { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            Sent.Add(new($"{request.Method} {request.RequestUri}", body, request.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value))));
            if (Sent.Count > answers.Length)
            {
                throw new HttpRequestException("no answer");
            }

            var (status, answer) = answers[Sent.Count - 1];
            var response = new HttpResponseMessage(status) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
            response.Headers.Add("Request-Id", $"req_{Sent.Count}");
            if (ShouldRetry is not null && !response.IsSuccessStatusCode)
            {
                response.Headers.Add("Stripe-Should-Retry", ShouldRetry);
            }

            return response;
        }
    }
}
