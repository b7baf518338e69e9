using ToolboxAI.Local.DurableTask;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Billing;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>Everything that takes part: the application's processes, the engine, the bus, the stores, Stripe and SendGrid.</summary>
public sealed class World
{
    private readonly List<App> apps = [];
    private readonly List<Timer> timers;
    private (int Deaths, int Troubles) seen;

    /// <summary>Builds a world in which nothing goes wrong yet.</summary>
    public World(int seed, Stores stores, Plants plants)
    {
        Clock = new VirtualClock(new DateTimeOffset(2026, 1, 31, 9, 0, 0, TimeSpan.Zero));
        Scheduler = new Scheduler(seed, Clock, interleaves: stores.InMemory);
        Stores = stores;
        Plants = plants;
        Bus = new SimulatedBus(Scheduler);
        StripePosts = new("stripe", Scheduler);
        MailPosts = new("sendgrid", Scheduler);
        MailService = new(Scheduler, MailPosts);
        Stripe = new(Clock)
        {
            OnHappening = happened => StripePosts.Add(happened, $"{happened.Type} {happened.ObjectId}"),
            IsDelivered = happened => StripePosts.Accepted.ContainsKey(happened),
        };
        Hub = new InMemoryHub(Clock);
        timers =
        [
            new("outbox timer", TimeSpan.FromSeconds(30), app => app.SendOutbox(), AnyUnsent),
            new("sweep timer", TimeSpan.FromMinutes(10), app => app.Sweep(), AnyMissing),
        ];
        foreach (var name in (string[])["p1", "p2"])
        {
            var process = new SimulatedProcess(name, Scheduler);
            process.OnFailure = Note;
            apps.Add(new App(this, process));
        }
    }

    public VirtualClock Clock { get; }

    public Scheduler Scheduler { get; }

    public Stores Stores { get; }

    public Plants Plants { get; }

    public SimulatedBus Bus { get; }

    public Webhooks<StripeHappening> StripePosts { get; }

    public Webhooks<SendGridEvent> MailPosts { get; }

    public MailService MailService { get; }

    public InMemoryStripe Stripe { get; }

    public InMemoryHub Hub { get; }

    public IReadOnlyList<App> Apps => apps;

    /// <summary>The probability, at each step, that a process dies.</summary>
    public double Crashes { get; set; }

    /// <summary>The probability that a lease or lock runs out while its work is under way.</summary>
    public double LeasesExpire { get; set; }

    /// <summary>What people do, each at its time.</summary>
    public List<(DateTimeOffset At, string What, Func<App, Task> Do)> Plans { get; } = [];

    /// <summary>Failures that no fault of the plan explains.</summary>
    public List<string> Surprises { get; } = [];

    /// <summary>Runs until nothing is left to do before <paramref name="until"/>.</summary>
    public async Task Run(DateTimeOffset until)
    {
        while (true)
        {
            Stripe.RunDue();
            LookAtTimers();
            var choices = Choices();
            if (choices.Count > 0)
            {
                await Scheduler.Step(choices);
            }
            else if (NextDue() is { } due && due <= until)
            {
                Clock.MoveTo(due);
            }
            else
            {
                return;
            }

            foreach (var app in apps)
            {
                await app.Process.Settle();
                if (Scheduler.Chance(Crashes))
                {
                    _ = app.Process.Die("between two steps");
                    app.Process.Restart();
                }
            }
        }
    }

    /// <summary>A process to do something, at random.</summary>
    public App AnyApp() => Scheduler.Pick(apps);

    private List<Choice> Choices()
    {
        var now = Clock.Now;
        var choices = Scheduler.Waiting().ToList();
        choices.AddRange(Hub.Ready().Select(item => new Choice($"{item.Kind} {item.Name} {item.InstanceId}", () => Work(item))));
        choices.AddRange(Bus.Deliveries(AnyProcess, (process, message) => AppOf(process).Handle(message)));
        choices.AddRange(StripePosts.Posts(AnyProcess, (process, happened) => AppOf(process).Receive(happened)));
        choices.AddRange(MailPosts.Posts(AnyProcess, (process, happened) => AppOf(process).Receive(happened)));
        choices.AddRange(Plans.Where(plan => plan.At <= now).ToList().Select(plan => new Choice(plan.What, () => Do(plan))));
        choices.AddRange(timers.Where(timer => timer.Matters && timer.DueAt <= now).Select(timer => new Choice(timer.Name, () => Fire(timer))));
        return choices;
    }

    private DateTimeOffset? NextDue() => ((DateTimeOffset?[])
        [Hub.NextDue(), Bus.NextDue, StripePosts.NextDue, MailPosts.NextDue, Stripe.NextDue, .. timers.Where(timer => timer.Matters).Select(timer => (DateTimeOffset?)timer.DueAt), .. Plans.Select(plan => (DateTimeOffset?)plan.At)])
        .Where(due => due > Clock.Now).Min();

    private async Task Fire(Timer timer)
    {
        timer.DueAt = Clock.Now + timer.Period;
        var app = AnyApp();
        await app.Process.Begin(timer.Name, () => timer.Run(app), _ => { });
        timer.Matters = await timer.StillMatters();
    }

    private async Task<bool> AnyUnsent()
    {
        await using var work = await Stores.Units.Begin(CancellationToken.None);
        var far = DateTimeOffset.MaxValue.AddDays(-1);
        return (await Stores.Outbox.Claim(work, far, far, 1, CancellationToken.None)).Count > 0;
    }

    private async Task<bool> AnyMissing()
    {
        await using var work = await Stores.Units.Begin(CancellationToken.None);
        foreach (var lost in StripePosts.Lost)
        {
            if (StripeEventRules.ObjectOf(lost.Type) is not null
                && await Stores.Inbox.Find(work, StripeEventIntake.Sender, lost.Id, CancellationToken.None) is null)
            {
                return true;
            }
        }

        return Bus.DeadLetters.Count > 0
            && (await Stores.EventLog.Unapplied(work, DateTimeOffset.MaxValue, 1, CancellationToken.None)).Count > 0;
    }

    /// <summary>Rows are left behind where a process died or a send failed, events where one was lost or set aside.</summary>
    private void LookAtTimers()
    {
        var (deaths, troubles) = (apps.Sum(app => app.Process.Life) + Bus.Failures, StripePosts.Lost.Count + Bus.DeadLetters.Count);
        timers[0].Matters |= deaths > seen.Deaths;
        timers[1].Matters |= troubles > seen.Troubles;
        seen = (deaths, troubles);
    }

    private Task Do((DateTimeOffset At, string What, Func<App, Task> Do) plan)
    {
        Plans.Remove(plan);
        var app = AnyApp();
        return app.Process.Begin(plan.What, () => plan.Do(app), _ => { });
    }

    private async Task Work(WorkItem item)
    {
        var app = AnyApp();
        if (app.Worker.Take(item) is not { } taken)
        {
            return;
        }

        if (Scheduler.Chance(LeasesExpire))
        {
            taken.Expire();
        }

        await app.Process.Begin($"{item.Kind} {item.Name}", taken.RunAsync, error =>
        {
            if (error is not null)
            {
                return;
            }

            if (Scheduler.Chance(app.Process.CrashesAtCommits))
            {
                _ = app.Process.Die("before the engine's commit");
                return;
            }

            taken.Commit();
        });
    }

    /// <summary>A service that does not answer is part of the plan; anything else is not.</summary>
    private void Note(string what, Exception error)
    {
        if (error is not (GatewayException or IOException))
        {
            Surprises.Add($"{what}: {error}");
        }
    }

    private SimulatedProcess AnyProcess() => AnyApp().Process;

    private App AppOf(SimulatedProcess process) => apps.Single(app => app.Process == process);

    /// <summary>A timer function. In a simulation it runs only while it may have something to do.</summary>
    private sealed class Timer(string name, TimeSpan period, Func<App, Task> run, Func<Task<bool>> stillMatters)
    {
        public string Name => name;

        public TimeSpan Period => period;

        public Func<App, Task> Run => run;

        public Func<Task<bool>> StillMatters => stillMatters;

        public DateTimeOffset DueAt { get; set; }

        public bool Matters { get; set; }
    }
}
