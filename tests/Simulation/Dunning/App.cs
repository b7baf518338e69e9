using System.Text;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Stripe;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>The application as one process runs it: the product's own classes, composed as <c>Program.cs</c> does.</summary>
public sealed class App
{
    private const string Secret = "whsec_simulation";
    private readonly Func<StripeEvents> start;
    private StripeEvents stripeEvents;
    private readonly MailDelivery delivery;
    private readonly MailEvents mailEvents;
    private readonly Subscriptions subscriptions;
    private readonly Dunnings dunnings;
    private readonly Outbox outbox;
    private readonly DurableTaskClient durable;
    private readonly SimulatedProcess process;

    /// <summary>Composes the application on a process's view of the world.</summary>
    public App(World world, SimulatedProcess process)
    {
        var (stores, clock, bus) = (world.Stores, process.Clock, world.Simulation.Bus);
        var units = process.Crashing(stores.Units);
        var options = Options.Create(new BillingOptions());
        var payments = world.Plants.Payments(world.Stripe);
        this.process = process;
        outbox = new(world.Plants.Outbox(stores.Outbox, bus), units, bus, clock, new(clock), NullLogger<Outbox>.Instance);
        var mails = new Mails(stores.Mails, outbox, clock);
        start = () =>
        {
            var intake = new StripeEventIntake(units, stores.Inbox, outbox, clock);
            return new(
                new(payments, intake, InMemorySecrets.Reader(clock, (SecretNames.StripeWebhookSecret, Secret))),
                new(payments, intake, stores.EventLog, units, outbox, clock),
                new(payments, stores.Billing, units, stores.Handled, clock, NullLogger<StripeEventHandler>.Instance));
        };
        stripeEvents = start();
        delivery = new(stores.Mails, units, world.MailService, outbox, clock, NullLogger<MailDelivery>.Instance);
        mailEvents = new(stores.Mails, units, stores.Inbox, stores.Handled, clock, NullLogger<MailEvents>.Instance);
        subscriptions = new(payments, stores.Billing, units, options);
        dunnings = new(units, stores.Billing.Runs, mails);
        durable = world.Simulation.CreateClient();
        var activities = new Activities(units, stores, payments, mails, options, clock);
        process.Worker = world.Simulation.CreateWorker(Tasks(world, process, activities), process);
    }

    /// <summary>The process starts again: what gathered in the dead one's memory is gone.</summary>
    public void StartAgain() => stripeEvents = start();

    /// <summary>Stripe's webhook.</summary>
    public async Task Receive(StripeHappening happened)
    {
        var body = Encoding.UTF8.GetBytes(Body(happened));
        var signature = EventUtility.GenerateSignatureHeader(Encoding.UTF8.GetString(body), Secret);
        if (!await stripeEvents.Webhook.Receive(body, signature, CancellationToken.None))
        {
            throw new InvalidOperationException("A genuine event was refused.");
        }
    }

    /// <summary>SendGrid's webhook.</summary>
    public Task Receive(SendGridEvent happened) => mailEvents.Apply([happened], CancellationToken.None);

    /// <summary>The queue functions.</summary>
    public async Task Handle(string queue, string body)
    {
        if (queue == EmailMessage.Queue)
        {
            await delivery.Handle(JsonSerializer.Deserialize<EmailMessage>(body, ApiJson.Options)!, CancellationToken.None);
            return;
        }

        var happened = JsonSerializer.Deserialize<StripeEventMessage>(body, ApiJson.Options)!;
        await stripeEvents.Handler.Apply(happened, Tell, CancellationToken.None);
    }

    /// <summary>The timer function of the outbox.</summary>
    public Task SendOutbox() => outbox.SendPending(CancellationToken.None);

    /// <summary>The timer function that mends what the webhook and the queue lost.</summary>
    public Task Sweep() => stripeEvents.Sweep.Run(CancellationToken.None);

    /// <summary>The tenant subscribes.</summary>
    public async Task Subscribe(TenantId tenant)
    {
        var result = await subscriptions.Subscribe(tenant, "school-monthly", StripeTestCards.Good, CancellationToken.None);
        Assert.Null(result.Refusal);
    }

    /// <summary>The tenant gives another card.</summary>
    public async Task SetCard(TenantId tenant, string card) =>
        await Tell((await subscriptions.SetCard(tenant, card, CancellationToken.None)).Calls);

    /// <summary>A person steers a run; one that has ended refuses, which is fine.</summary>
    public async Task Command(TenantId tenant, string invoiceId, SignalKind kind)
    {
        if ((await dunnings.Command(tenant, invoiceId, kind, CancellationToken.None)).Call is { } call)
        {
            await Tell([call]);
        }
    }

    private Task Tell(IReadOnlyList<DunningCall> calls) => calls.Count == 0
        ? Task.CompletedTask
        : process.Commits("a call of the hub", () => durable.Send(calls, CancellationToken.None));

    private static DurableTaskRegistry Tasks(World world, SimulatedProcess process, Activities run)
    {
        var (plants, tasks, ct) = (world.Plants, new DurableTaskRegistry(), CancellationToken.None);
        void Add<TInput, TOutput>(string name, Func<TInput, Task<TOutput>> activity) =>
            tasks.AddActivityFunc<TInput, TOutput>(name, (_, input) => process.Acts(() => activity(input)));
        void Do<TInput>(string name, Func<TInput, Task> activity) => Add<TInput, bool>(name, async input =>
        {
            await activity(input);
            return true;
        });

        tasks.AddOrchestratorFunc<DunningInput, DunningStatus>(
            DunningStart.Orchestration,
            (context, input) => ToolboxAI.Durable.Billing.Dunning.Run(plants.Orchestration(context, world.Clock), input));
        Add<TryPaymentInput, PaymentOutcome>(nameof(TryPayment), async input =>
            plants.Outcome(await new TryPayment(run.Payments, run.Clock, NullLogger<TryPayment>.Instance).Run(input, ct)));
        Add<CloseInvoiceInput, InvoiceStatus>(nameof(CloseInvoice), input => new CloseInvoice(run.Payments, NullLogger<CloseInvoice>.Instance).Run(input, ct));
        Do<CancelSubscriptionInput>(nameof(CancelSubscription), input => new CancelSubscription(run.Payments, NullLogger<CancelSubscription>.Instance).Run(input, ct));
        Add<PauseCollectionInput, bool?>(nameof(PauseCollection), input =>
            new PauseCollection(run.Payments, run.Units, run.Stores.Billing, new(run.Payments, run.Stores.Billing, run.Units), NullLogger<PauseCollection>.Instance).Run(input, ct));
        Add<WithdrawAccessInput, bool>(nameof(WithdrawAccess), input =>
            new WithdrawAccess(run.Payments, run.Units, run.Stores.Billing.Accounts, new(new(run.Clock)), run.Clock, NullLogger<WithdrawAccess>.Instance).Run(input, ct));
        Do<RecordDunningInput>(nameof(RecordDunning), input => new RecordDunning(run.Units, run.Stores.Billing.Runs, NullLogger<RecordDunning>.Instance).Run(input, ct));
        Do<QueueDunningMailInput>(nameof(QueueDunningMail), input =>
            new QueueDunningMail(run.Units, run.Stores.Billing.Accounts, run.Mails, run.Options, NullLogger<QueueDunningMail>.Instance).Run(input, ct));
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

    /// <summary>What remembers something between two calls.</summary>
    private sealed record StripeEvents(StripeWebhook Webhook, StripeEventSweep Sweep, StripeEventHandler Handler);

    /// <summary>What the activities are made with.</summary>
    private sealed record Activities(
        IUnitOfWorkFactory Units, Stores Stores, IPayments Payments, Mails Mails, IOptions<BillingOptions> Options, TimeProvider Clock);
}
