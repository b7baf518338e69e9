using ToolboxAI.Local.DurableTask;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>The engine's work: each piece of it is a step of the process that takes it, and its commit a place to die at.</summary>
public sealed class HubWork : ISource
{
    private readonly SimulatedWorld simulation;
    private readonly Scheduler scheduler;
    private readonly Func<object, Task> make;

    /// <summary>The work of a simulation's hub.</summary>
    public HubWork(SimulatedWorld simulation)
    {
        (this.simulation, scheduler, make) = (simulation, simulation.Scheduler, item => Do((WorkItem)item));
    }

    /// <inheritdoc/>
    public DateTimeOffset? NextDue => simulation.Hub.NextDue();

    /// <inheritdoc/>
    public void AddChoices(List<Choice> choices)
    {
        foreach (var item in simulation.Hub.Ready())
        {
            choices.Add(new(item, Describe, make));
        }
    }

    private async Task Do(WorkItem item)
    {
        var process = ProcessFor(item);
        if (process.Worker?.Take(item) is not { } taken)
        {
            return;
        }

        var expires = scheduler.Chance(scheduler.Faults.LeasesExpire);
        if (expires)
        {
            scheduler.Say("its lease expires");
            taken.Expire();
        }

        await process.Begin($"{item.Kind} {item.Name}", () => Run(taken, expires), error =>
        {
            if (error is not null || process.DiesAtCommit("before the engine's commit"))
            {
                return;
            }

            taken.Commit();
            process.DiesAtCommit("after the engine's commit");
        });
    }

    /// <summary>Runs it. Others may go first before it is committed: always when they may have taken it too.</summary>
    private async Task Run(SimulatedWorker.TakenWork taken, bool expires)
    {
        await taken.RunAsync();
        if (expires || scheduler.Chance(scheduler.Faults.OthersGoFirst))
        {
            await scheduler.Yield($"commits {Describe(taken.Item)}");
        }
    }

    private static string Describe(object of)
    {
        var item = (WorkItem)of;
        return $"{item.Kind} {item.Name} {item.InstanceId}";
    }

    private SimulatedProcess ProcessFor(WorkItem item) => scheduler.Chance(scheduler.Faults.Sticky)
        ? simulation.Processes[(int)(item.Id % simulation.Processes.Count)]
        : simulation.AnyProcess();
}
