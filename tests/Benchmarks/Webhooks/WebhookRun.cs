using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Stripe;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Benchmarks.Webhooks;

/// <summary>The product's way of Stripe's events in this process, on a PostgreSQL of its own: a tenant that has paid, Stripe and the queue in memory.</summary>
internal sealed class WebhookRun : IMessageBus, IAsyncDisposable
{
    /// <summary>How many events have gone the whole way before the run is given out.</summary>
    public const int First = 20;

    private const string Secret = "whsec_test";
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);
    private readonly TestClock clock = new();
    private readonly ConcurrentQueue<StripeEventMessage> queue = new();
    private readonly ProductDatabase product;
    private readonly List<StripeHappening> payments = [];        // of each tenant's invoice
    private readonly InMemoryStripe stripe;
    private readonly StripeWebhook webhook;
    private readonly StripeEventHandler handler;
    private int lastNumber;
    private int readings;

    private WebhookRun(ProductDatabase product)
    {
        this.product = product;
        stripe = new(clock) { Faults = Answer };
        Stores = new(new PostgresBillingAccounts(), new PostgresDunningRuns(), new PostgresDunningPolicies());
        var outbox = new Outbox(new PostgresOutboxStore(), product.Units, this, clock, new(clock), NullLogger<Outbox>.Instance);
        var intake = new StripeEventIntake(product.Units, new PostgresInbox(), outbox, clock);
        webhook = new(stripe, intake, InMemorySecrets.Reader(clock, (SecretNames.StripeWebhookSecret, Secret)));
        handler = new(stripe, Stores, product.Units, new PostgresHandledMessages(), clock, NullLogger<StripeEventHandler>.Instance);
    }

    /// <summary>The server, with all rights.</summary>
    public string ConnectionString => product.SuperuserConnectionString;

    /// <summary>How many events wait to be applied.</summary>
    public int Waiting => queue.Count;

    /// <summary>How often an invoice was read at Stripe.</summary>
    public int Readings => readings;

    private BillingStores Stores { get; }

    /// <summary>Has a tenant, and as many more as are wanted, subscribe and pay, and some events go the whole way.</summary>
    public static async Task<WebhookRun> StartAsync(int more = 0)
    {
        var run = new WebhookRun(await ProductDatabase.CreateAsync());
        await run.Subscribe(ProductDatabase.Demo);
        await using var migration = NpgsqlDataSource.Create(run.product.MigrationConnectionString);
        for (var number = 1; number <= more; number++)
        {
            await using var create = migration.CreateCommand("SELECT toolbox.create_tenant($1, 'More', 'more@example', '2026-01-01')");
            create.Parameters.Add(new() { Value = $"more_{number}" });
            await create.ExecuteNonQueryAsync();
            await run.Subscribe(new($"more_{number}"));
        }

        await run.PostAsync(First);
        await run.ApplyAsync();
        return run;
    }

    /// <summary>Posts so many events at once: each tells that a tenant's invoice is paid, one tenant's after the other's.</summary>
    public Task PostAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(async number =>
    {
        var paid = payments[number % payments.Count];
        var body = JsonSerializer.Serialize(new
        {
            id = $"evt_{Interlocked.Increment(ref lastNumber)}",
            api_version = StripeConfiguration.ApiVersion,
            type = paid.Type,
            created = clock.GetUtcNow().ToUnixTimeSeconds(),
            data = new { @object = new { id = paid.ObjectId, @object = "invoice", customer = paid.CustomerId } },
        });
        if (!await webhook.Receive(Encoding.UTF8.GetBytes(body), EventUtility.GenerateSignatureHeader(body, Secret), CancellationToken.None))
        {
            throw new InvalidOperationException("A genuine event was refused.");
        }
    }));

    /// <summary>Applies all that wait, at once, and so many of the last of them twice.</summary>
    public async Task ApplyAsync(int again = 0)
    {
        var messages = queue.ToArray();
        queue.Clear();
        await Task.WhenAll(messages.Concat(messages.TakeLast(again)).Select(message => handler.Apply(message, _ => Task.CompletedTask, CancellationToken.None)));
    }

    private async Task Subscribe(TenantId tenant)
    {
        var subscriptions = new Subscriptions(stripe, Stores, product.Units, Options.Create(new BillingOptions()));
        if ((await subscriptions.Subscribe(tenant, "school-monthly", StripeTestCards.Good, CancellationToken.None)).Refusal is { } refusal)
        {
            throw new InvalidOperationException(refusal.Message);
        }

        payments.Add(stripe.Happenings.Last(happened => happened.Type == "invoice.paid"));
    }

    /// <summary>How many events were applied.</summary>
    public async Task<long> Applied()
    {
        await using var database = NpgsqlDataSource.Create(ConnectionString);
        await using var command = database.CreateCommand("SELECT count(*) FROM toolbox.handled_messages");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Stripe takes a moment, as it does, so that others ask meanwhile.</summary>
    private async ValueTask<StripeFault> Answer(string call)
    {
        Interlocked.Add(ref readings, call == "read-invoice" ? 1 : 0);
        await Task.Delay(Moment);
        return StripeFault.None;
    }

    /// <inheritdoc/>
    public Task Send(OutboxMessage message, CancellationToken ct)
    {
        queue.Enqueue(JsonSerializer.Deserialize<StripeEventMessage>(message.Body, ApiJson.Options)!);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => product.DisposeAsync();
}
