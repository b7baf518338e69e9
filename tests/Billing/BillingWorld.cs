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

namespace ToolboxAI.Tests.Billing;

/// <summary>Billing from the webhook to what its runs are told, in memory; the queue is a list, the engine is the test.</summary>
internal sealed class BillingWorld : IMessageBus
{
    private const string Secret = "whsec_test";
    private readonly InMemoryDatabase units = new(ProductDatabase.Demo, ProductDatabase.Other);
    private readonly InMemoryInbox inbox = new();
    private readonly StripeWebhook webhook;
    private readonly StripeEventHandler handler;

    public BillingWorld()
    {
        Stripe = new(Clock);
        Stores = new(new InMemoryBillingAccounts(), new InMemoryDunningRuns(), new InMemoryDunningPolicies());
        var outbox = new Outbox(new InMemoryOutboxStore(), units, this, Clock, new(Clock), NullLogger<Outbox>.Instance);
        var intake = new StripeEventIntake(units, inbox, outbox, Clock);
        webhook = new(Stripe, intake, InMemorySecrets.Reader(Clock, (SecretNames.StripeWebhookSecret, Secret)));
        handler = new(Stripe, Stores, units, new InMemoryHandledMessages(), Clock, NullLogger<StripeEventHandler>.Instance);
        Sweep = new(Stripe, intake, new InMemoryStripeEventLog(), units, outbox, Clock);
        Subscriptions = new(Stripe, Stores, units, Options.Create(new BillingOptions()));
    }

    public TestClock Clock { get; } = new();

    public InMemoryStripe Stripe { get; }

    public BillingStores Stores { get; }

    public IUnitOfWorkFactory Units => units;

    public Subscriptions Subscriptions { get; }

    public StripeEventSweep Sweep { get; }

    /// <summary>What the queue holds.</summary>
    public List<StripeEventMessage> Queue { get; } = [];

    /// <summary>A tenant whose renewal fails; the failed invoice.</summary>
    public async Task<string> FailedRenewal(string card = StripeTestCards.FailsWhenCharged)
    {
        Assert.Null((await Subscriptions.Subscribe(ProductDatabase.Demo, "school-monthly", StripeTestCards.Good, default)).Refusal);
        Assert.Null((await Subscriptions.SetCard(ProductDatabase.Demo, card, default)).Refusal);
        Clock.Advance(TimeSpan.FromDays(32));
        Stripe.RunDue();
        return Stripe.Happenings.Last(happened => happened.Type == "invoice.payment_failed").ObjectId;
    }

    /// <summary>The last event of a type.</summary>
    public StripeHappening Last(string type) => Stripe.Happenings.Last(happened => happened.Type == type);

    /// <summary>Posts an event, in a given release's form.</summary>
    public Task<bool> Post(StripeHappening happened, string? release = null, bool livemode = false) => PostBody(JsonSerializer.Serialize(new
    {
        id = happened.Id,
        @object = "event",
        api_version = release ?? StripeConfiguration.ApiVersion,
        created = happened.At.ToUnixTimeSeconds(),
        type = happened.Type,
        livemode,
        request = new { idempotency_key = happened.Key },
        data = new { @object = new { id = happened.ObjectId, @object = happened.ObjectKind, customer = happened.CustomerId } },
    }));

    public Task<bool> PostBody(string body, string? signature = null) =>
        webhook.Receive(Encoding.UTF8.GetBytes(body), signature ?? EventUtility.GenerateSignatureHeader(body, Secret), default);

    /// <summary>Whether the engine is away: runs can't be told anything.</summary>
    public bool EngineIsAway { get; set; }

    /// <summary>Applies all that is queued; what runs are told.</summary>
    public async Task<List<DunningCall>> Apply()
    {
        var calls = new List<DunningCall>();
        Task Tell(IReadOnlyList<DunningCall> told)
        {
            if (EngineIsAway)
            {
                throw new IOException("The engine is away.");
            }

            calls.AddRange(told);
            return Task.CompletedTask;
        }

        while (Queue is [var first, ..])
        {
            Queue.RemoveAt(0);
            await handler.Apply(first, Tell, default);
        }

        return calls;
    }

    /// <summary>Begins to apply all that is queued, at once.</summary>
    public List<Task> ApplyAll()
    {
        List<Task> applied = [.. Queue.Select(message => handler.Apply(message, _ => Task.CompletedTask, default))];
        Queue.Clear();
        return applied;
    }

    public async Task<List<DunningCall>> PostAndApply(StripeHappening happened)
    {
        Assert.True(await Post(happened));
        return await Apply();
    }

    public async Task<string?> Outcome(string eventId)
    {
        await using var work = await units.Begin(default);
        return (await inbox.Find(work, StripeEventIntake.Sender, eventId, default))?.Outcome;
    }

    public async Task<DunningRun?> Run(string invoiceId)
    {
        await using var work = await units.Begin(ProductDatabase.Demo, default);
        return await Stores.Runs.Find(work, invoiceId, default);
    }

    /// <summary>The run has come to an end.</summary>
    public Task End(string invoiceId, DunningStatus status) => Write(async work =>
        await Stores.Runs.Save(work, (await Stores.Runs.Lock(work, invoiceId, default))! with { Status = status }, default));

    public async Task Write(Func<IUnitOfWork, Task> write)
    {
        await using var work = await units.Begin(ProductDatabase.Demo, default);
        await write(work);
        await work.Commit(default);
    }

    /// <summary>What the queue waits for before it takes a message.</summary>
    public Task QueueHangs { get; set; } = Task.CompletedTask;

    async Task IMessageBus.Send(OutboxMessage message, CancellationToken ct)
    {
        await QueueHangs;
        Queue.Add(JsonSerializer.Deserialize<StripeEventMessage>(message.Body, ApiJson.Options)!);
    }
}
