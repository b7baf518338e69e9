using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Scenarios;

/// <summary>
/// The engine alone: orchestrations of random steps (activities, fans, timers, events, sub-orchestrations, continue-as-new) on two
/// workers whose clocks differ. Each must end with what its steps add up to, its events in their order, its timers never early.
/// </summary>
public static class OrchestrationsScenario
{
    /// <summary>The name on the command line.</summary>
    public const string Name = "orchestrations";

    private static readonly TimeSpan Storm = TimeSpan.FromDays(2);
    private static readonly TimeSpan Calm = TimeSpan.FromDays(30);
    private static readonly StepKind[] Kinds = Enum.GetValues<StepKind>();

    /// <summary>Runs a seed.</summary>
    public static async Task<Outcome> Run(int seed, Plants plants, Action<string>? trace)
    {
        await using var world = new SimulatedWorld(seed, plants, trace);
        var effects = new Dictionary<string, int>();
        foreach (var name in (string[])["p1", "p2"])
        {
            var process = world.AddProcess(name);
            process.Worker = world.Hub.CreateWorker(Tasks(world, process, plants, effects), clock: process.Clock);
        }

        world.Scheduler.Faults = FaultPlan.Draw(world.Scheduler);
        var walks = new Dictionary<string, IReadOnlyList<WalkStep>>();
        for (var count = 2 + world.Scheduler.Next(5); count > 0; count--)
        {
            var id = $"walk-{count}";
            walks.Add(id, Steps(world.Scheduler, isChild: false));
            await Start(world, id, walks[id]);
        }

        var faults = world.Scheduler.Faults;
        await world.Run(world.Clock.Start + Storm);
        world.Calm();
        await world.Run(world.Clock.Start + Calm);
        return new(await Check(world, walks, effects, faults), await world.CountOrchestrations(), world.Scheduler.Steps);
    }

    private static DurableTaskRegistry Tasks(SimulatedWorld world, SimulatedProcess process, Plants plants, Dictionary<string, int> effects)
    {
        var tasks = new DurableTaskRegistry();
        tasks.AddOrchestratorFunc<Walk, WalkEnd?>(Walk.Orchestration, (context, walk) => Walk.Run(plants.Orchestration(context, world.Clock), walk));
        tasks.AddActivityFunc<Addend, int>(Walk.Add, (_, addend) => process.Acts(async () =>
        {
            effects[addend.Key] = effects.GetValueOrDefault(addend.Key) + 1;
            await world.Scheduler.Yield($"adds {addend.Key}");
            return addend.Value;
        }));
        return tasks;
    }

    private static List<WalkStep> Steps(Scheduler s, bool isChild) => [.. Enumerable.Range(0, 1 + s.Next(isChild ? 3 : 7)).Select(_ => Step(s, isChild))];

    private static WalkStep Step(Scheduler s, bool isChild) => s.Pick(Kinds) switch
    {
        StepKind.FanOut => new(StepKind.FanOut, 2 + s.Next(3)),
        StepKind.Timer => new(StepKind.Timer, 1 + s.Next(600)),
        StepKind.Child or StepKind.Event or StepKind.PatientEvent when isChild => new(StepKind.Call, s.Next(100)),
        StepKind.Child => new(StepKind.Child, 0, Steps(s, isChild: true)),
        var kind => new(kind, s.Next(100)),
    };

    private static async Task Start(SimulatedWorld world, string id, IReadOnlyList<WalkStep> steps)
    {
        var (s, client) = (world.Scheduler, world.Hub.CreateClient());
        var at = s.Chance(0.3) ? world.Clock.Start + s.Between(TimeSpan.Zero, TimeSpan.FromHours(2)) : (DateTimeOffset?)null;
        s.Say($"{id}: {string.Join(' ', steps.Select(step => step.Kind))}");
        await client.ScheduleNewOrchestrationInstanceAsync(Walk.Orchestration, new Walk(steps), new StartOrchestrationOptions(id, at));
        RaiseFrom(world, client, id, 1, Walk.EventsOf(steps));
        if (s.Chance(0.2))
        {
            var suspendedAt = world.Clock.Start + s.Between(TimeSpan.Zero, TimeSpan.FromHours(6));
            world.Plans.Outside(suspendedAt, $"suspends {id}", async () =>
            {
                await Unless(Ended, () => client.SuspendInstanceAsync(id));
                world.Plans.Outside(
                    world.Clock.Now + s.Between(TimeSpan.Zero, TimeSpan.FromHours(6)), $"resumes {id}", () => Unless(Ended, () => client.ResumeInstanceAsync(id)));
            });
        }

        async Task<bool> Ended() => (await client.GetInstanceAsync(id))!.IsCompleted;
    }

    private static async Task Unless(Func<Task<bool>> ended, Func<Task> act)
    {
        if (!await ended())
        {
            await act();
        }
    }

    /// <summary>The events are numbered, and raised in that order; the orchestration may be anywhere by then.</summary>
    private static void RaiseFrom(SimulatedWorld world, DurableTaskClient client, string id, int number, int last)
    {
        if (number > last)
        {
            return;
        }

        var at = world.Clock.Now + world.Scheduler.Between(TimeSpan.Zero, TimeSpan.FromMinutes(world.Scheduler.Pick([0, 1, 300])));
        world.Plans.Outside(at, $"raises {number} for {id}", async () =>
        {
            await client.RaiseEventAsync(id, Walk.Number, number);
            RaiseFrom(world, client, id, number + 1, last);
        });
    }

    private static async Task<List<string>> Check(
        SimulatedWorld world, Dictionary<string, IReadOnlyList<WalkStep>> walks, Dictionary<string, int> effects, FaultPlan faults)
    {
        var broken = new List<string>(world.Surprises);
        broken.AddRange((await world.Hub.ListSetAsideAsync()).Select(work => $"set aside: {work}"));
        foreach (var (id, steps) in walks)
        {
            var instance = await world.Hub.CreateClient().GetInstanceAsync(id, getInputsAndOutputs: true);
            if (instance?.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
            {
                broken.Add($"{id} is {instance?.RuntimeStatus}: {instance?.FailureDetails?.ErrorMessage}");
                continue;
            }

            var end = instance.ReadOutputAs<WalkEnd>()!;
            if (end.Sum != Walk.SumOf(steps))
            {
                broken.Add($"{id} came to {end.Sum}, its steps add up to {Walk.SumOf(steps)}");
            }

            if (!end.Events.SequenceEqual(Enumerable.Range(1, Walk.EventsOf(steps))))
            {
                broken.Add($"{id} got the events {string.Join(',', end.Events)}");
            }

            broken.AddRange(Walk.KeysOf(id, steps).Where(key => !effects.ContainsKey(key)).Select(key => $"{key} never ran"));
        }

        if (faults is { Crashes: 0, CrashesAtCommits: 0, LeasesExpire: 0, ActivitiesFail: 0 })
        {
            broken.AddRange(effects.Where(effect => effect.Value != 1).Select(effect => $"{effect.Key} ran {effect.Value} times, and nothing had gone wrong"));
        }

        return broken;
    }
}
