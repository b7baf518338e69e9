using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Stripe;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Secrets;
using static ToolboxAI.Tests.Benchmarks.Guards.Counting;

namespace ToolboxAI.Tests.Benchmarks.Guards;

/// <summary>What Stripe's events cost the product's database when many come at once, counted.</summary>
[Collection(nameof(Counting))]      // statements are counted for the whole process
public sealed class WebhookWorkTests : IMessageBus, IAsyncLifetime
{
    private const int Events = 320;
    private const string Secret = "whsec_test";
    private readonly TestClock clock = new();
    private readonly InMemoryStripe stripe;
    private readonly ConcurrentQueue<StripeEventMessage> queue = new();
    private ProductDatabase product = null!;
    private StripeWebhook webhook = null!;
    private StripeEventHandler handler = null!;

    public WebhookWorkTests() => stripe = new(clock);

    public async ValueTask InitializeAsync()
    {
        product = await ProductDatabase.CreateAsync();
        var stores = new BillingStores(new PostgresBillingAccounts(), new PostgresDunningRuns(), new PostgresDunningPolicies());
        var outbox = new Outbox(new PostgresOutboxStore(), product.Units, this, clock, new(clock), NullLogger<Outbox>.Instance);
        var intake = new StripeEventIntake(product.Units, new PostgresInbox(), outbox, clock);
        webhook = new(stripe, intake, InMemorySecrets.Reader(clock, (SecretNames.StripeWebhookSecret, Secret)));
        handler = new(stripe, stores, product.Units, new PostgresHandledMessages(), clock, NullLogger<StripeEventHandler>.Instance);
        var subscribed = await new Subscriptions(stripe, stores, product.Units, Options.Create(new BillingOptions()))
            .Subscribe(ProductDatabase.Demo, "school-monthly", StripeTestCards.Good, TestContext.Current.CancellationToken);
        Assert.Null(subscribed.Refusal);
        await Post(0, 20);
        await Task.WhenAll(queue.Select(message => handler.Apply(message, TestContext.Current.CancellationToken)));
        queue.Clear();
    }

    public ValueTask DisposeAsync() => product.DisposeAsync();

    [Fact]
    public async Task Events_that_come_at_once_are_taken_in_and_applied_in_few_statements_and_commits()
    {
        var before = await Written(product.SuperuserConnectionString);
        var statements = await Statements(() => Post(100, Events));
        var after = await Written(product.SuperuserConnectionString);
        Assert.Equal(Events, queue.Count);
        // How many share a transaction is a matter of luck; alone, an event takes three statements and two commits, and then seven and one.
        Bound("statements per event taken in", statements / (double)Events, 0.6);
        Bound("writing commits per event taken in", (after - before) / (double)Events, 0.4);

        statements = await Statements(() => Task.WhenAll(queue.Select(message => handler.Apply(message, TestContext.Current.CancellationToken))));
        Bound("statements per event applied", statements / (double)Events, 5);
        Bound("writing commits per event applied", (await Written(product.SuperuserConnectionString) - after) / (double)Events, 0.2);
    }

    Task IMessageBus.Send(OutboxMessage message, CancellationToken ct)
    {
        queue.Enqueue(JsonSerializer.Deserialize<StripeEventMessage>(message.Body, ApiJson.Options)!);
        return Task.CompletedTask;
    }

    private Task Post(int from, int count) => Task.WhenAll(Enumerable.Range(from, count).Select(async number =>
    {
        var paid = stripe.Happenings.Last(happened => happened.Type == "invoice.paid");
        var body = JsonSerializer.Serialize(new
        {
            id = $"evt_{number}",
            api_version = StripeConfiguration.ApiVersion,
            type = paid.Type,
            created = clock.GetUtcNow().ToUnixTimeSeconds(),
            data = new { @object = new { id = paid.ObjectId, @object = "invoice", customer = paid.CustomerId } },
        });
        Assert.True(await webhook.Receive(Encoding.UTF8.GetBytes(body), EventUtility.GenerateSignatureHeader(body, Secret), TestContext.Current.CancellationToken));
    }));
}
