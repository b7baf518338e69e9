using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using ToolboxAI.Local.DurableTask;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>
/// A world in one thread: a clock, an engine and a bus in memory, processes that run the application's code, and whatever else
/// takes part. Everything that could happen next is a <see cref="Choice"/>; the scheduler picks one, until nothing is left.
/// </summary>
public sealed class SimulatedWorld : IAsyncDisposable
{
    private static readonly DateTimeOffset Beginning = new(2026, 1, 31, 9, 0, 0, TimeSpan.Zero);
    private const int MostSteps = 1_000_000;
    private readonly List<SimulatedProcess> processes = [];
    private readonly List<ISource> sources = [];
    private readonly DataConverter converter;

    /// <summary>Builds a world in which nothing goes wrong yet.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="plants">The bugs planted in it.</param>
    /// <param name="trace">Hears of each step; null when nobody wants to know.</param>
    /// <param name="interleaves">Whether invocations let others go first; only where none waits for anything real, such as a database.</param>
    public SimulatedWorld(int seed, Plants plants, Action<string>? trace = null, bool interleaves = true)
    {
        Clock = new VirtualClock(Beginning);
        Scheduler = new Scheduler(seed, Clock, interleaves) { Trace = trace };
        Hub = plants.Hub(Clock);
        converter = interleaves ? HandedOver.Of(seed) : JsonDataConverter.Default;
        Bus = new SimulatedBus(this);
        Plans = new Plans(this);
        sources.AddRange([Scheduler, new HubWork(this), Bus, Plans]);
    }

    /// <summary>The most that a process's clock is before or behind.</summary>
    public static TimeSpan MostSkew { get; } = TimeSpan.FromSeconds(4);

    public VirtualClock Clock { get; }

    public Scheduler Scheduler { get; }

    public InMemoryHub Hub { get; }

    public SimulatedBus Bus { get; }

    /// <summary>What people and timers do, each at its time.</summary>
    public Plans Plans { get; }

    public IReadOnlyList<SimulatedProcess> Processes => processes;

    /// <summary>Failures that no fault explains.</summary>
    public List<string> Surprises { get; } = [];

    /// <summary>Asked of each failed invocation: whether a fault of the plan explains it.</summary>
    public Func<Exception, bool> IsExplained { get; set; } = static error => error is IOException;

    /// <summary>Adds something that can make steps; it is asked before what is there already.</summary>
    public void Add(ISource source) => sources.Insert(0, source);

    /// <summary>Adds a process on a clock of its own, a few seconds before or behind.</summary>
    public SimulatedProcess AddProcess(string name)
    {
        var skew = processes.Count == 0 ? TimeSpan.Zero : Scheduler.Between(TimeSpan.Zero, MostSkew * 2) - MostSkew;
        var process = new SimulatedProcess(name, Scheduler, new SkewedClock(Scheduler, skew)) { OnFailure = Note };
        processes.Add(process);
        return process;
    }

    /// <summary>A client of the hub, for code whose values nobody changes.</summary>
    public DurableTaskClient CreateClient() => Hub.CreateClient(new() { EnableEntitySupport = true, DataConverter = converter });

    /// <summary>A process's worker on the hub, for code whose values nobody changes.</summary>
    public SimulatedWorker CreateWorker(DurableTaskRegistry tasks, SimulatedProcess process) =>
        Hub.CreateWorker(tasks, options: new() { EnableEntitySupport = true, DataConverter = converter }, clock: process.Clock);

    /// <summary>A process to do something, at random.</summary>
    public SimulatedProcess AnyProcess() => Scheduler.Pick(processes);

    /// <summary>All faults end.</summary>
    public void Calm()
    {
        Scheduler.Faults = FaultPlan.None;
        Scheduler.Say("calm");
    }

    /// <summary>Runs until nothing is left to do before <paramref name="until"/>.</summary>
    public async Task Run(DateTimeOffset until)
    {
        var choices = new List<Choice>();
        var looksAgain = true;
        while (true)
        {
            if (Scheduler.Steps > MostSteps)
            {
                Surprises.Add($"goes on and on: {MostSteps} steps");
                return;
            }

            choices.Clear();
            foreach (var source in sources)
            {
                source.AddChoices(choices);
            }

            if (choices.Count > 0)
            {
                looksAgain = true;
                await Scheduler.Step(choices);
            }
            else if (sources.Min(source => source.NextDue) is { } due && due <= until)
            {
                Clock.MoveTo(due);
            }
            else if (looksAgain)
            {
                // Each look takes a moment, in which something may have become due.
                looksAgain = false;
                continue;
            }
            else
            {
                Surprises.AddRange(Scheduler.Blocked.Select(waiting => $"deadlock: {waiting}"));
                return;
            }

            foreach (var process in processes)
            {
                await process.Settle();
                if (Scheduler.Chance(Scheduler.Faults.Crashes))
                {
                    _ = process.Die("between two steps");
                    process.Restart();
                }
            }
        }
    }

    /// <summary>How many orchestrations there were, sub-orchestrations included.</summary>
    public async Task<int> CountOrchestrations()
    {
        var count = 0;
        await foreach (var _ in Hub.CreateClient().GetAllInstancesAsync())
        {
            count++;
        }

        return count;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Bus.DisposeAsync();

    private void Note(string what, Exception error)
    {
        if (!IsExplained(error))
        {
            Surprises.Add($"{what}: {error}");
        }
    }
}

/// <summary>Something that can make steps.</summary>
public interface ISource
{
    /// <summary>Adds the steps that can be made now.</summary>
    void AddChoices(List<Choice> choices);

    /// <summary>The next moment, later than now, at which there will be something to do; null when none is known.</summary>
    DateTimeOffset? NextDue { get; }
}

/// <summary>A step that can be made now. Thousands are offered for each one that is made: so what it says of itself is made only when it is chosen.</summary>
/// <param name="Of">What the step is made of.</param>
/// <param name="What">Says what it is.</param>
/// <param name="Make">Makes it.</param>
public readonly record struct Choice(object Of, Func<object, string> What, Func<object, Task> Make);
