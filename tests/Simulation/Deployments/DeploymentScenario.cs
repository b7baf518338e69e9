using ToolboxAI.Local.Simulators.Roblox;
using ToolboxAI.Tests.Simulation.Harness;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>
/// A studio brings releases, good and bad ones, and takes them back, at any moment; Roblox, the bus and the processes fail in every way. Then
/// calm returns, people have decided what was theirs to decide, and production must be on exactly one complete version.
/// </summary>
public static class DeploymentScenario
{
    /// <summary>The name on the command line: up to 3 places and 12 assets.</summary>
    public const string Name = "deployments";

    /// <summary>The name on the command line: 3 places and 200 assets.</summary>
    public const string LargeName = "large-deployments";

    private static readonly TimeSpan[] Storms = [TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(5)];
    private static readonly TimeSpan Round = TimeSpan.FromHours(2);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(3);
    private const string Publication = "POST /universes/v1/2003/";
    private const int MostRounds = 60;
    private const double OthersGoFirst = 0.3;

    /// <summary>Runs a seed of a small studio: most have few places and assets, all have few enough to be run by the thousand.</summary>
    public static Task<Outcome> Run(int seed, Plants plants, Action<string>? trace) => Run(seed, DeploymentDatabase.Memory(ProductDatabase.Demo), plants, trace);

    /// <summary>Runs a seed of a small studio on a database.</summary>
    public static Task<Outcome> Run(int seed, DeploymentDatabase database, Plants plants, Action<string>? trace) =>
        Run(seed, database, plants, trace, s => new(s.Pick([1, 1, 1, 2, 2, 3]), Math.Min(s.Next(13), s.Next(13)), s.Chance(0.5)));

    /// <summary>Runs a seed of a large one.</summary>
    public static Task<Outcome> RunLarge(int seed, Plants plants, Action<string>? trace) =>
        Run(seed, DeploymentDatabase.Memory(ProductDatabase.Demo), plants, trace, _ => new(3, 200, HasStaging: true));

    private static async Task<Outcome> Run(int seed, DeploymentDatabase database, Plants plants, Action<string>? trace, Func<Scheduler, ReleaseSize> draw)
    {
        await using var world = new DeploymentWorld(seed, database, plants, trace);
        var s = world.Scheduler;
        var studio = new Studio(world, draw(s));
        await world.Roblox.AddAsync(new(2002, "user_1001", [3011, 3012, 3013]));
        await world.Roblox.AddAsync(new(2003, "user_1001", [3021, 3022, 3023], Servers: s.Next(3), Players: 10));
        world.Plan(world.Simulation.Clock.Start, "deploys the first", studio.DeployFirst);
        await world.Simulation.Run(world.Simulation.Clock.Start + TimeSpan.FromHours(1));

        Disturb(world, studio);
        var from = world.Simulation.Clock.Now;
        var storm = s.Pick(Storms);
        for (var count = 1 + s.Next(2); count > 0; count--)
        {
            world.Plan(from + s.Between(TimeSpan.Zero, storm), "deploys", studio.Deploy);
        }

        for (var count = s.Next(3); count > 0; count--)
        {
            world.Plan(from + s.Between(TimeSpan.Zero, storm), "rolls back", studio.RollBack);
        }

        for (var at = from; at < from + storm; at += TimeSpan.FromMinutes(5 + s.Next(20)))
        {
            world.Plan(at, "people look", app => studio.Look(app, isCalm: false));
        }

        await world.Simulation.Run(from + storm);
        await Settle(world, studio);
        var broken = await DeploymentInvariants.Check(world, studio);
        foreach (var deployment in await studio.All())
        {
            s.Say($"{deployment.Start.Kind} {deployment.Start.Release?.Version ?? deployment.Start.Goal!.Version}: {deployment.State.Status} {deployment.State.Reason}");
        }

        return new(broken, await world.Simulation.CountOrchestrations(), s.Steps);
    }

    private static void Disturb(DeploymentWorld world, Studio studio)
    {
        var s = world.Scheduler;
        s.Faults = FaultPlan.Draw(s);
        var level = s.Chance(0.6) ? FaultPlan.Level(s) / 2 : 0;
        var (slow, panics) = (s.Pick([0, 0.05, 0.3]), s.Chance(0.4));
        world.Roblox.Faults = async call =>
        {
            if (panics && call.StartsWith(Publication, StringComparison.Ordinal))
            {
                panics = false;
                world.Plan(s.Clock.Now + s.Between(TimeSpan.Zero, Slow), "rolls back at once", studio.RollBack);
            }

            if (s.Chance(OthersGoFirst))
            {
                await s.Yield($"roblox {call}");
            }

            if (s.Chance(slow))
            {
                await s.Delay($"roblox {call} is slow", s.Between(TimeSpan.Zero, Slow));
            }

            var fault = s.Chance(level) ? s.Pick([RobloxFault.Unavailable, RobloxFault.RequestLost, RobloxFault.AnswerLost]) : RobloxFault.None;
            if (fault != RobloxFault.None)
            {
                s.Say($"roblox {call}: {fault}");
            }

            return fault;
        };
        s.Say($"disturbed at level {level}, by {s.Faults}");
    }

    /// <summary>All faults end; people look until nothing waits for them any more.</summary>
    private static async Task Settle(DeploymentWorld world, Studio studio)
    {
        world.Simulation.Calm();
        world.Roblox.Faults = _ => Task.FromResult(RobloxFault.None);
        for (var round = 0; round < MostRounds; round++)
        {
            world.Plan(world.Simulation.Clock.Now, "people look", app => studio.Look(app, isCalm: true));
            await world.Simulation.Run(world.Simulation.Clock.Now + Round);
            if (await studio.IsDone())
            {
                return;
            }
        }
    }
}
