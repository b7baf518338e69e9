using System.Text;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Stripe;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Billing;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>The application as one process runs it: the product's own classes, composed as <c>Program.cs</c> does.</summary>
public sealed class App
{
    private const string Secret = "whsec_simulation";
    private readonly StripeWebhook webhook;
    private readonly StripeEventHandler stripeEvents;
    private readonly StripeEventSweep sweep;
    private readonly MailDelivery delivery;
    private readonly MailEvents mailEvents;
    private readonly Subscriptions subscriptions;
    private readonly Dunnings dunnings;
    private readonly Outbox outbox;
    private readonly DurableTaskClient durable;

    /// <summary>Composes the application on a process's view of the world.</summary>
    public App(World world, SimulatedProcess process)
    {
        var (stores, clock) = (world.Stores, world.Clock);
        var units = process.Crashing(stores.Units);
        var options = Options.Create(new BillingOptions());
        var payments = world.Plants.Payments(world.Stripe);
        outbox = new(stores.Outbox, units, world.Bus, clock, new(clock), NullLogger<Outbox>.Instance);
        var mails = new Mails(stores.Mails, outbox, clock);
        var intake = new StripeEventIntake(units, stores.Inbox, outbox, clock);
        webhook = new(payments, intake, Options.Create(new StripeOptions { WebhookSecret = Secret }));
        sweep = new(payments, intake, stores.EventLog, units, outbox, clock);
        stripeEvents = new(payments, stores.Billing, units, stores.Handled, clock, NullLogger<StripeEventHandler>.Instance);
        delivery = new(stores.Mails, units, world.MailService, outbox, clock, NullLogger<MailDelivery>.Instance);
        mailEvents = new(stores.Mails, units, stores.Inbox, stores.Handled, clock, NullLogger<MailEvents>.Instance);
        subscriptions = new(payments, stores.Billing, units, options);
        dunnings = new(units, stores.Billing.Runs, mails);
        durable = world.Hub.CreateClient();
        Process = process;
        Worker = world.Hub.CreateWorker(Tasks(world.Plants, units, stores, payments, mails, options, clock));
        process.OnDeath.AddRange(
            [Worker.Crash, () => world.Bus.Release(process), () => world.StripePosts.Release(process), () => world.MailPosts.Release(process)]);
    }

    /// <summary>The process that runs it.</summary>
    public SimulatedProcess Process { get; }

    /// <summary>Its worker on the task hub.</summary>
    public SimulatedWorker Worker { get; }

    /// <summary>Stripe's webhook.</summary>
    public async Task Receive(StripeHappening happened)
    {
        var body = Encoding.UTF8.GetBytes(Body(happened));
        var signature = EventUtility.GenerateSignatureHeader(Encoding.UTF8.GetString(body), Secret);
        if (!await webhook.Receive(body, signature, CancellationToken.None))
        {
            throw new InvalidOperationException("A genuine event was refused.");
        }
    }

    /// <summary>SendGrid's webhook.</summary>
    public Task Receive(SendGridEvent happened) => mailEvents.Apply([happened], CancellationToken.None);

    /// <summary>The queue functions.</summary>
    public async Task Handle(OutboxMessage message)
    {
        if (message.Queue == EmailMessage.Queue)
        {
            await delivery.Handle(JsonSerializer.Deserialize<EmailMessage>(message.Body, ApiJson.Options)!, CancellationToken.None);
            return;
        }

        var happened = JsonSerializer.Deserialize<StripeEventMessage>(message.Body, ApiJson.Options)!;
        await durable.Send(await stripeEvents.Apply(happened, CancellationToken.None), CancellationToken.None);
    }

    /// <summary>The timer function of the outbox.</summary>
    public Task SendOutbox() => outbox.SendPending(CancellationToken.None);

    /// <summary>The timer function that mends what the webhook and the queue lost.</summary>
    public Task Sweep() => sweep.Run(CancellationToken.None);

    /// <summary>The tenant subscribes.</summary>
    public async Task Subscribe(TenantId tenant)
    {
        var result = await subscriptions.Subscribe(tenant, "school-monthly", StripeTestCards.Good, CancellationToken.None);
        Assert.Null(result.Refusal);
    }

    /// <summary>The tenant gives another card.</summary>
    public async Task SetCard(TenantId tenant, string card) =>
        await durable.Send((await subscriptions.SetCard(tenant, card, CancellationToken.None)).Calls, CancellationToken.None);

    /// <summary>A person steers a run; one that has ended refuses, which is fine.</summary>
    public async Task Command(TenantId tenant, string invoiceId, SignalKind kind)
    {
        if ((await dunnings.Command(tenant, invoiceId, kind, CancellationToken.None)).Call is { } call)
        {
            await durable.Send([call], CancellationToken.None);
        }
    }

    private static DurableTaskRegistry Tasks(
        Plants plants, IUnitOfWorkFactory units, Stores stores, IPayments payments, Mails mails, IOptions<BillingOptions> options, TimeProvider clock)
    {
        var accounts = stores.Billing.Accounts;
        var ct = CancellationToken.None;
        var tasks = new DurableTaskRegistry();
        tasks.AddOrchestratorFunc<DunningInput, DunningStatus>(
            DunningStart.Orchestration, (context, input) => ToolboxAI.Durable.Billing.Dunning.Run(plants.Orchestration(context), input));
        tasks.AddActivityFunc<TryPaymentInput, PaymentOutcome>(nameof(TryPayment), async (_, input) =>
            plants.Outcome(await new TryPayment(payments, clock, NullLogger<TryPayment>.Instance).Run(input, ct)));
        tasks.AddActivityFunc<CloseInvoiceInput, InvoiceStatus>(nameof(CloseInvoice), (_, input) => new CloseInvoice(payments).Run(input, ct));
        tasks.AddActivityFunc<string>(nameof(CancelSubscription), (_, id) => new CancelSubscription(payments).Run(id, ct));
        tasks.AddActivityFunc<string>(nameof(PauseCollection), (_, id) => new PauseCollection(payments).Run(id, ct));
        tasks.AddActivityFunc<WithdrawAccessInput>(nameof(WithdrawAccess), (_, input) => new WithdrawAccess(units, accounts).Run(input, ct));
        tasks.AddActivityFunc<RecordDunningInput>(nameof(RecordDunning), (_, input) => new RecordDunning(units, stores.Billing.Runs).Run(input, ct));
        tasks.AddActivityFunc<QueueDunningMailInput>(nameof(QueueDunningMail), (_, input) =>
            new QueueDunningMail(units, accounts, mails, options).Run(input, ct));
        return tasks;
    }

    private static string Body(StripeHappening happened) => JsonSerializer.Serialize(new
    {
        id = happened.Id,
        @object = "event",
        api_version = StripeConfiguration.ApiVersion,
        created = happened.At.ToUnixTimeSeconds(),
        type = happened.Type,
        livemode = false,
        request = new { id = (string?)null, idempotency_key = happened.Key },
        data = new { @object = new { id = happened.ObjectId, @object = happened.ObjectKind, customer = happened.CustomerId } },
    });
}
