using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>Everything that takes part: the application's processes, the stores, Stripe and SendGrid.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly Dictionary<SimulatedProcess, App> apps = [];
    private int deathsSeen;
    private int troublesSeen;

    /// <summary>Builds a world in which nothing goes wrong yet.</summary>
    public World(int seed, Stores stores, Plants plants, Action<string>? trace)
    {
        Simulation = new(seed, plants, trace, interleaves: stores.InMemory)
        {
            IsExplained = static error => error is GatewayException or IOException,
        };
        if (stores.Units is InMemoryDatabase memory)
        {
            memory.Waits = Scheduler.Until;
        }

        Stores = stores;
        Plants = plants;
        StripePosts = new("stripe", Simulation, (process, happened) => apps[process].Receive(happened));
        MailPosts = new("sendgrid", Simulation, (process, happened) => apps[process].Receive(happened));
        MailService = new(Scheduler, MailPosts);
        Stripe = new(Clock)
        {
            OnHappening = happened => StripePosts.Add(happened, $"{happened.Type} {happened.ObjectId}"),
            IsDelivered = happened => StripePosts.Accepted.ContainsKey(happened),
        };
        foreach (var queue in (string[])[StripeEventMessage.Queue, EmailMessage.Queue])
        {
            Simulation.Bus.Consume(queue, (process, message) => apps[process].Handle(queue, message.Body.ToString()));
        }

        foreach (var source in (ISource[])[StripePosts, MailPosts, new StripeItself(this)])
        {
            Simulation.Add(source);
        }

        foreach (var name in (string[])["p1", "p2"])
        {
            var process = Simulation.AddProcess(name);
            apps.Add(process, new App(this, process));
            process.OnDeath.AddRange([() => StripePosts.Release(process), () => MailPosts.Release(process), apps[process].StartAgain]);
        }

        Simulation.Plans.Every(TimeSpan.FromSeconds(30), "outbox timer", process => apps[process].SendOutbox(), AnyDeath, AnyUnsent);
        Simulation.Plans.Every(TimeSpan.FromMinutes(10), "sweep timer", process => apps[process].Sweep(), AnyTrouble, AnyMissing);
    }

    public SimulatedWorld Simulation { get; }

    public Scheduler Scheduler => Simulation.Scheduler;

    public VirtualClock Clock => Simulation.Clock;

    public Stores Stores { get; }

    public Plants Plants { get; }

    public Webhooks<StripeHappening> StripePosts { get; }

    public Webhooks<SendGridEvent> MailPosts { get; }

    public MailService MailService { get; }

    public InMemoryStripe Stripe { get; }

    /// <summary>The application as a process runs it.</summary>
    public App AppOf(SimulatedProcess process) => apps[process];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Simulation.DisposeAsync();

    /// <summary>Rows are left behind where a process died or a send failed.</summary>
    private bool AnyDeath()
    {
        var deaths = Simulation.Processes.Sum(process => process.Life) + Simulation.Bus.Failures;
        return deaths > deathsSeen && (deathsSeen = deaths) > 0;
    }

    private async Task<bool> AnyUnsent()
    {
        await using var work = await Stores.Units.Begin(CancellationToken.None);
        var far = DateTimeOffset.MaxValue.AddDays(-1);
        return (await Stores.Outbox.Claim(work, far, far, 1, CancellationToken.None)).Count > 0;
    }

    /// <summary>Events are left behind where one was lost or set aside.</summary>
    private bool AnyTrouble()
    {
        var troubles = StripePosts.Lost.Count + Simulation.Bus.DeadLetters(StripeEventMessage.Queue).Count;
        return troubles > troublesSeen && (troublesSeen = troubles) > 0;
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

        return Simulation.Bus.DeadLetters(StripeEventMessage.Queue).Count > 0
            && (await Stores.EventLog.Unfinished(work, DateTimeOffset.MaxValue, 1, CancellationToken.None)).Count > 0;
    }

    /// <summary>What happens at Stripe by itself, such as renewals: no process's step, and never late.</summary>
    private sealed class StripeItself(World world) : ISource
    {
        public DateTimeOffset? NextDue => world.Stripe.NextDue;

        public void AddChoices(List<Choice> choices) => world.Stripe.RunDue();
    }
}
