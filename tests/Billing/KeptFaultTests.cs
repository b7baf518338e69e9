using System.Net;
using System.Text;
using Stripe;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Billing;

/// <summary>
/// A fault that Stripe keeps under an idempotency key, and answers for a day
/// (<see href="https://docs.stripe.com/api/idempotent_requests">idempotent requests</see>).
/// </summary>
public sealed class KeptFaultTests
{
    private const string Customer = """{"id":"cus_1","object":"customer"}""";

    [Fact]
    public async Task A_customer_is_created_with_the_next_key()
    {
        var stripe = new Answers(Fault(isKept: true), Answer(HttpStatusCode.OK, Customer));

        Assert.Equal("cus_1", await Connect(stripe).CreateCustomer(new("demo", "Demo", "owner@demo.example"), "key", default));
        Assert.Equal(["key", "key/2"], stripe.Keys);
    }

    [Fact]
    public async Task A_subscription_is_not_begun_but_asks_for_the_next_key()
    {
        var stripe = new Answers(Fault(isKept: true));

        Assert.True((await Connect(stripe).Subscribe("cus_1", "price_1", "key", default)).KeyUsed);
        Assert.Equal(["key"], stripe.Keys);
    }

    [Fact]
    public async Task Nothing_is_tried_with_another_key_while_the_first_may_have_done_it()
    {
        var stripe = new Answers(Fault(isKept: false));

        await Assert.ThrowsAsync<UnclearPaymentsException>(() => Connect(stripe).CreateCustomer(new("demo", "Demo", "owner@demo.example"), "key", default));
        Assert.Equal(["key"], stripe.Keys);
    }

    private static StripePayments Connect(Answers answers)
    {
        var http = new SystemNetHttpClient(new HttpClient(answers), maxNetworkRetries: 0);
        var stripe = new StripeClient(new StripeClientOptions { ApiKey = "sk_test_kept", ApiBase = "http://stripe.example", HttpClient = http });
        return new(stripe, InMemorySecrets.Reader(TimeProvider.System, (SecretNames.StripeApiKey, "sk_test_kept")));
    }

    private static HttpResponseMessage Fault(bool isKept)
    {
        var answer = Answer(HttpStatusCode.InternalServerError, """{"error":{"type":"api_error","message":"Something went wrong."}}""");
        if (isKept)
        {
            answer.Headers.Add("Idempotent-Replayed", "true");
        }

        return answer;
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    /// <summary>Stripe's answers, one after the other, and the keys of the requests.</summary>
    private sealed class Answers(params HttpResponseMessage[] answers) : HttpMessageHandler
    {
        public List<string> Keys { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Keys.Add(request.Headers.GetValues("Idempotency-Key").Single());
            return Task.FromResult(answers[Keys.Count - 1]);
        }
    }
}
