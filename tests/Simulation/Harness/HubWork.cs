using ToolboxAI.Local.DurableTask;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>The engine's work: each piece of it is a step of the process that takes it, and its commit a place to die at.</summary>
public sealed class HubWork(SimulatedWorld simulation) : ISource
{
    private const double OthersGoFirst = 0.2;
    private readonly Scheduler scheduler = simulation.Scheduler;

    /// <inheritdoc/>
    public DateTimeOffset? NextDue => simulation.Hub.NextDue();

    /// <inheritdoc/>
    public void AddChoices(List<Choice> choices)
    {
        foreach (var item in simulation.Hub.Ready())
        {
            choices.Add(new($"{item.Kind} {item.Name} {item.InstanceId}", () => Do(item)));
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
        if (expires || scheduler.Chance(OthersGoFirst))
        {
            await scheduler.Yield($"commits {taken.Item.Kind} {taken.Item.Name} {taken.Item.InstanceId}");
        }
    }

    private SimulatedProcess ProcessFor(WorkItem item) => scheduler.Chance(scheduler.Faults.Sticky)
        ? simulation.Processes[(int)(item.Id % simulation.Processes.Count)]
        : simulation.AnyProcess();
}
