using ToolboxAI.Local.Simulators.Roblox;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Deployments;

/// <summary>
/// A studio brings releases, good and bad ones, and takes them back, at any moment; Roblox, the bus and the processes fail in every way. Then
/// calm returns, people have decided what was theirs to decide, and production must be on exactly one complete version.
/// </summary>
public static class DeploymentScenario
{
    /// <summary>The name on the command line.</summary>
    public const string Name = "deployments";

    private static readonly TimeSpan Storm = TimeSpan.FromHours(5);
    private static readonly TimeSpan Round = TimeSpan.FromHours(2);
    private const int MostRounds = 60;

    /// <summary>Runs a seed.</summary>
    public static async Task<Outcome> Run(int seed, Plants plants, Action<string>? trace)
    {
        await using var world = new DeploymentWorld(seed, plants, trace);
        var s = world.Scheduler;
        var size = s.Chance(0.01) ? new ReleaseSize(3, 200) : new ReleaseSize(1 + s.Next(3), s.Next(13));
        var studio = new Studio(world, size);
        await world.Roblox.AddAsync(new(2002, "user_1001", [3011, 3012, 3013]));
        await world.Roblox.AddAsync(new(2003, "user_1001", [3021, 3022, 3023], Servers: 2, Players: 10));
        world.Plan(world.Simulation.Clock.Start, "deploys the first", studio.DeployGood);
        await world.Simulation.Run(world.Simulation.Clock.Start + TimeSpan.FromHours(1));

        Disturb(world);
        var from = world.Simulation.Clock.Now;
        for (var count = 1 + s.Next(4); count > 0; count--)
        {
            world.Plan(from + s.Between(TimeSpan.Zero, Storm), "deploys", studio.Deploy);
        }

        for (var count = s.Next(4); count > 0; count--)
        {
            world.Plan(from + s.Between(TimeSpan.Zero, Storm), "rolls back", studio.RollBack);
        }

        for (var at = from; at < from + Storm; at += TimeSpan.FromMinutes(5 + s.Next(20)))
        {
            world.Plan(at, "people look", app => studio.Look(app, isCalm: false));
        }

        await world.Simulation.Run(from + Storm);
        await Settle(world, studio);
        var broken = await DeploymentInvariants.Check(world, studio);
        foreach (var deployment in await studio.All())
        {
            s.Say($"{deployment.Start.Kind} {deployment.Start.Release?.Version ?? deployment.Start.Goal!.Version}: {deployment.State.Status} {deployment.State.Reason}");
        }

        return new(broken, await world.Simulation.CountOrchestrations(), s.Steps);
    }

    private static void Disturb(DeploymentWorld world)
    {
        var s = world.Scheduler;
        s.Faults = FaultPlan.Draw(s);
        var level = s.Chance(0.6) ? FaultPlan.Level(s) / 2 : 0;
        world.Roblox.Faults = async call =>
        {
            await s.Yield($"roblox {call}");
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
            if ((await studio.All()).All(deployment => deployment.State.Ended && !studio.IsWorthRetrying(deployment)))
            {
                return;
            }
        }
    }
}
