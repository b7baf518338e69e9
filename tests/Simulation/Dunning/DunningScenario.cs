using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>
/// A tenant subscribes and gives bad cards, then good ones, or doesn't; people pay, hold and stop; Stripe, SendGrid, the bus and
/// the processes fail in every way. Then calm returns, and all must have come to the right end.
/// </summary>
public static class DunningScenario
{
    /// <summary>The name on the command line.</summary>
    public const string Name = "dunning";

    private static readonly TimeSpan Storm = TimeSpan.FromDays(100);
    private static readonly TimeSpan Calm = TimeSpan.FromDays(500);

    private static readonly StripeFault[] Ways =
    [
        StripeFault.Refused, StripeFault.RequestLost, StripeFault.AnswerLost, StripeFault.StillRunning, StripeFault.FaultStoredBefore,
        StripeFault.FaultStoredAfter,
    ];

    private static readonly SignalKind[] Asked =
        [SignalKind.RetryNow, SignalKind.RetryNow, SignalKind.RetryNow, SignalKind.Pause, SignalKind.Resume, SignalKind.Stop];

    /// <summary>Runs a seed on stores in memory.</summary>
    public static Task<Outcome> Run(int seed, Plants plants, Action<string>? trace) => Run(seed, Stores.Memory(), plants, trace);

    /// <summary>Runs a seed.</summary>
    public static async Task<Outcome> Run(int seed, Stores stores, Plants plants, Action<string>? trace)
    {
        await using var world = new World(seed, stores, plants, trace);
        await Prepare(world);
        Disturb(world);
        Plan(world);
        await world.Simulation.Run(world.Clock.Start + Storm);
        await Settle(world);
        await world.Simulation.Run(world.Clock.Start + Calm);
        var broken = await DunningInvariants.Check(world);
        return new(broken, await world.Simulation.CountOrchestrations(), world.Scheduler.Steps);
    }

    private static async Task Prepare(World world)
    {
        var s = world.Scheduler;
        var days = Enumerable.Range(0, 1 + s.Next(6)).Select(_ => 1 + s.Next(21)).Distinct().Order().ToList();
        var policy = s.Chance(0.4) ? DunningPolicy.Default with { Ending = Ending(s) } : new DunningPolicy(days, Ending(s));
        await using (var work = await world.Stores.Units.Begin(CancellationToken.None))
        {
            await world.Stores.Billing.Policies.Put(work, "school-monthly", policy, world.Clock.Start, CancellationToken.None);
            await work.Commit(CancellationToken.None);
        }

        foreach (var tenant in (TenantId[])[ProductDatabase.Demo, ProductDatabase.Other])
        {
            var app = world.AppOf(world.Simulation.Processes[0]);
            await app.Subscribe(tenant);
            await app.SetCard(tenant, s.Chance(0.8) ? s.Pick(StripeTestCards.Bad) : StripeTestCards.Good);
        }

        s.Say($"policy {string.Join(',', policy.TryDays)} {policy.Ending}");
    }

    private static DunningEnding Ending(Scheduler s) => s.Pick(Enum.GetValues<DunningEnding>());

    private static void Disturb(World world)
    {
        var s = world.Scheduler;
        var level = FaultPlan.Level(s);
        double Some() => s.Chance(0.6) ? level : 0;
        var calls = Some();
        world.Stripe.Faults = async call =>
        {
            await s.Yield($"stripe {call}");
            var fault = s.Chance(calls) ? s.Pick(Ways) : StripeFault.None;
            if (fault != StripeFault.None)
            {
                s.Say($"stripe {call}: {fault}");
            }

            return fault;
        };
        world.MailService.Fails = Some();
        world.StripePosts.Faults = new(Some() * 2, Some(), s.Chance(0.2) ? 0.3 : 0);
        world.MailPosts.Faults = new(Some() * 2, Some(), s.Chance(0.15) ? 0.5 : 0);
        s.Faults = FaultPlan.Draw(s);
        s.Say($"disturbed at level {level}, by {s.Faults}");
    }

    private static void Plan(World world)
    {
        var s = world.Scheduler;
        for (var count = s.Next(8); count > 0; count--)
        {
            var tenant = s.Chance(0.7) ? ProductDatabase.Demo : ProductDatabase.Other;
            var at = world.Clock.Start + s.Between(TimeSpan.FromDays(20), Storm);
            var (what, act) = s.Next(6) switch
            {
                0 => PayOnPage(world),
                1 or 2 => GiveCard(tenant, s.Chance(0.5) ? StripeTestCards.Good : s.Pick(StripeTestCards.Bad)),
                _ => Ask(world, tenant, s.Pick(Asked)),
            };
            world.Simulation.Plans.At(at, what, process => act(world.AppOf(process)));
        }

        // Somebody who sees that a payment failed tries again at once, and not only once.
        if (s.Chance(0.3))
        {
            for (var day = 28; day < 70; day++)
            {
                var at = world.Clock.Start + TimeSpan.FromDays(day) + s.Between(TimeSpan.Zero, TimeSpan.FromMinutes(10));
                var (what, act) = Ask(world, ProductDatabase.Demo, SignalKind.RetryNow);
                world.Simulation.Plans.At(at, what, process => act(world.AppOf(process)));
            }
        }
    }

    private static (string What, Func<App, Task> Act) PayOnPage(World world)
    {
        Task Pay(App app)
        {
            var paid = world.Stripe.Invoices.FirstOrDefault(world.Stripe.PayOnPage);
            world.Scheduler.Say($"paid: {paid}");
            return Task.CompletedTask;
        }

        return ("somebody pays on Stripe's page", Pay);
    }

    private static (string What, Func<App, Task> Act) GiveCard(TenantId tenant, string card) =>
        ($"{tenant} gives {card}", app => app.SetCard(tenant, card));

    private static (string What, Func<App, Task> Act) Ask(World world, TenantId tenant, SignalKind kind)
    {
        async Task AskEach(App app)
        {
            foreach (var run in await DunningInvariants.Runs(world, tenant))
            {
                await app.Command(tenant, run.Start.InvoiceId, kind);
            }
        }

        return ($"{tenant} asks {kind}", AskEach);
    }

    /// <summary>All faults end, nothing new is invoiced, and who holds a run lets it go.</summary>
    private static async Task Settle(World world)
    {
        world.Simulation.Calm();
        world.MailService.Fails = 0;
        world.Stripe.Faults = _ => ValueTask.FromResult(StripeFault.None);
        world.Stripe.Renews = false;
        world.StripePosts.Faults = world.MailPosts.Faults = new(0, 0, 0);
        await world.Simulation.Run(world.Clock.Now + TimeSpan.FromDays(1));
        await world.Simulation.Bus.Resubmit(EmailMessage.Queue);
        foreach (var tenant in (TenantId[])[ProductDatabase.Demo, ProductDatabase.Other])
        {
            var (what, act) = Ask(world, tenant, SignalKind.Resume);
            world.Simulation.Plans.At(world.Clock.Now, what, process => act(world.AppOf(process)));
        }
    }
}
