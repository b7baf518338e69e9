using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Tests.Local.DurableTask;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Local.Billing;

/// <summary>A run of <see cref="Dunning"/> on the real engine under a clock of its own: what its activities answer and what it is told is written down.</summary>
internal sealed class DunningStory
{
    private const int MostSteps = 20_000;
    private readonly Queue<PaymentOutcome> answers;
    private readonly Dictionary<string, int> failures;
    private readonly bool? ending;

    private DunningStory(IEnumerable<PaymentOutcome> answers, IReadOnlyDictionary<string, int> failures, bool? ending)
    {
        this.answers = new(answers);
        this.failures = new(failures);
        this.ending = ending;
    }

    public static readonly PaymentOutcome Soft = new(PaymentKnowledge.Declined, new(null, "insufficient_funds", "card_declined"));
    public static readonly PaymentOutcome Hard = new(PaymentKnowledge.Declined, new(null, "stolen_card", "card_declined"));
    public static readonly PaymentOutcome Unknown = new(PaymentKnowledge.Unknown);
    public static readonly PaymentOutcome Paid = new(PaymentKnowledge.Paid);

    /// <summary>Plays a run to its end.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="answers">What the tries are answered; declined softly when no more are given.</param>
    /// <param name="signals">What the run is told, and on which day.</param>
    /// <param name="failures">How often each activity fails before it works.</param>
    /// <param name="ending">What the activity answers that pauses collection or withdraws access.</param>
    /// <returns>The history, and how long it was at most.</returns>
    public static async Task<(RecordedHistory History, int MostEvents)> Play(
        DunningPolicy policy,
        IEnumerable<PaymentOutcome>? answers = null,
        IEnumerable<(double Day, DunningSignal Signal)>? signals = null,
        IReadOnlyDictionary<string, int>? failures = null,
        bool? ending = true)
    {
        var clock = new TestClock();
        var start = new DunningStart
        {
            Tenant = ProductDatabase.Demo,
            InvoiceId = "in_1",
            CustomerId = "cus_1",
            SubscriptionId = "sub_1",
            Plan = "school-monthly",
            Policy = policy,
            FirstFailureAt = clock.GetUtcNow(),
            Decline = Soft.Decline,
            Card = "pm_first",
            Amount = 4_900,
        };
        var story = new DunningStory(answers ?? [], failures ?? new Dictionary<string, int>(), ending);
        return await story.Run(start, clock, new(signals ?? []));
    }

    /// <summary>Where the code that runs today stands after a history; throws when it takes another way.</summary>
    public static OrchestrationExecution Replay(RecordedHistory history)
    {
        var services = new ServiceCollection().BuildServiceProvider();
        var settings = new TaskHostSettings(new DurableTaskWorkerOptions(), NullLoggerFactory.Instance);
        var host = new RegistryTaskHost(new DurableTaskFactory(new DunningStory([], new Dictionary<string, int>(), ending: true).Tasks()), services, settings);
        var execution = new OrchestrationExecution(host, history.InstanceId);
        execution.Replay(history.Events.Select(past => past is ExecutionStarted started ? started with { Input = history.Input } : past));
        return execution;
    }

    private async Task<(RecordedHistory, int)> Run(DunningStart start, TestClock clock, Queue<(double Day, DunningSignal Signal)> signals)
    {
        var hub = new InMemoryHub(clock, replaysEachStep: true);
        var client = hub.CreateClient();
        var worker = hub.CreateWorker(Tasks());
        await client.ScheduleNewOrchestrationInstanceAsync(
            DunningStart.Orchestration, new DunningInput(start, CorrelationId: "call-1"), new StartOrchestrationOptions(start.InstanceId));
        var most = 0;
        for (var step = 0; step < MostSteps; step++)
        {
            var instance = (await hub.Store.FindAsync(start.InstanceId, CancellationToken.None))!;
            var events = await hub.Store.ReadHistoryAsync(instance.Key, CancellationToken.None);
            most = Math.Max(most, events.Count);
            if (instance.Status is not (OrchestrationRuntimeStatus.Pending or OrchestrationRuntimeStatus.Running))
            {
                Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.Status);
                return (new(instance.Id, instance.Input!, [.. events]), most);
            }

            if (hub.Ready() is [var first, ..])
            {
                await worker.ExecuteAsync(first);
            }
            else if (signals.TryPeek(out var next) && start.FirstFailureAt + TimeSpan.FromDays(next.Day) is var at && !(hub.NextDue() < at))
            {
                clock.Advance(at - clock.GetUtcNow());
                await client.RaiseEventAsync(start.InstanceId, DunningStart.Signal, signals.Dequeue().Signal);
            }
            else
            {
                clock.Advance(hub.NextDue()!.Value - clock.GetUtcNow());
            }
        }

        throw new InvalidOperationException("The run does not come to an end.");
    }

    private DurableTaskRegistry Tasks()
    {
        var tasks = new DurableTaskRegistry();
        tasks.AddOrchestratorFunc<DunningInput, DunningStatus>(DunningStart.Orchestration, Dunning.Run);
        Add<TryPaymentInput, PaymentOutcome>(nameof(TryPayment), () => answers.TryDequeue(out var answer) ? answer : Soft);
        Add<CloseInvoiceInput, InvoiceStatus>(nameof(CloseInvoice), () => InvoiceStatus.Void);
        Add<CancelSubscriptionInput, bool>(nameof(CancelSubscription), () => true);
        Add<PauseCollectionInput, bool?>(nameof(PauseCollection), () => ending);
        Add<WithdrawAccessInput, bool?>(nameof(WithdrawAccess), () => ending);
        Add<RecordDunningInput, bool>(nameof(RecordDunning), () => true);
        Add<QueueDunningMailInput, bool>(nameof(QueueDunningMail), () => true);
        return tasks;

        void Add<TInput, TOutput>(string name, Func<TOutput> answer) => tasks.AddActivityFunc<TInput, TOutput>(name, (_, _) =>
        {
            if (failures.GetValueOrDefault(name) is var left and > 0)
            {
                failures[name] = left - 1;
                throw new TimeoutException("The other side is away.");
            }

            return Task.FromResult(answer());
        });
    }
}
