namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>
/// Decides everything: what runs next, where an invocation waits for others, what goes wrong. One thread, one source of
/// randomness: the same seed gives the same run, to the last line of its trace.
/// </summary>
public sealed class Scheduler : ISource
{
    private readonly VirtualClock clock;
    private readonly bool interleaves;
    private readonly Random random;
    private readonly List<Parked> parked = [];
    private readonly Func<object, Task> goOn;

    /// <summary>A scheduler of a seed.</summary>
    public Scheduler(int seed, VirtualClock clock, bool interleaves)
    {
        (this.clock, this.interleaves, random, goOn) = (clock, interleaves, new(seed), GoOn);
    }

    /// <summary>The simulation's time.</summary>
    public VirtualClock Clock => clock;

    /// <summary>Hears of each step; null when nobody wants to know.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>The process whose code runs now; null while the world outside acts.</summary>
    public SimulatedProcess? Current { get; private set; }

    /// <summary>What goes wrong now.</summary>
    public FaultPlan Faults { get; set; } = FaultPlan.None;

    /// <inheritdoc/>
    public DateTimeOffset? NextDue => parked.Count == 0 ? null : parked.Min(waiting => waiting.DueAt);

    /// <summary>Whether something waits for its turn.</summary>
    public bool HasWaiting => parked.Count > 0;

    /// <summary>Where code waits for what others hold.</summary>
    public IEnumerable<string> Blocked => parked.Where(waiting => waiting is { IsFree: not null, DueAt: null }).Select(waiting => $"{waiting.Process.Name} {waiting.Where}");

    /// <summary>How many steps were made.</summary>
    public int Steps { get; private set; }

    /// <summary>A number from 0 to <paramref name="below"/> - 1.</summary>
    public int Next(int below) => random.Next(below);

    /// <summary>Whether something of a given probability happens.</summary>
    public bool Chance(double probability) => probability > 0 && random.NextDouble() < probability;

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    /// <summary>A span between two, in whole seconds.</summary>
    public TimeSpan Between(TimeSpan from, TimeSpan to) => from + TimeSpan.FromSeconds(random.Next((int)(to - from).TotalSeconds + 1));

    /// <summary>Says what happens.</summary>
    public void Say(string what)
    {
        if (Trace is { } trace)
        {
            trace($"{(clock.Now - clock.Start).TotalDays,9:F4} {Current?.Name ?? "--"} {what}");
        }
    }

    /// <summary>Lets others go first, in simulations that interleave; the code goes on when it is chosen again, or never if its process dies.</summary>
    public Task Yield(string where)
    {
        if (!interleaves || Current is null)
        {
            return Task.CompletedTask;
        }

        return Park(Current, where, null);
    }

    /// <summary>Waits for what another invocation holds; the code goes on when it is free and chosen, and must look again then.</summary>
    public Task Until(string where, Func<bool> isFree) => Park(
        Current ?? throw new InvalidOperationException($"The world outside would wait for {where}: nobody holds that any more."), where, isFree);

    /// <inheritdoc/>
    public void AddChoices(List<Choice> choices)
    {
        foreach (var waiting in parked)
        {
            if (waiting.IsFree is null || waiting.IsFree())
            {
                choices.Add(new(waiting, GoesOn, goOn));
            }
        }
    }

    /// <summary>Waits on the simulation's clock, in simulations that interleave; the code goes on when it is chosen after that.</summary>
    public Task Delay(string where, TimeSpan time)
    {
        var due = clock.Now + time;
        return !interleaves || Current is null ? Task.CompletedTask : Park(Current, where, () => clock.Now >= due, due);
    }

    /// <summary>Makes one of the steps.</summary>
    public async Task Step(IReadOnlyList<Choice> choices)
    {
        Steps++;
        var chosen = Pick(choices);
        if (Trace is not null)
        {
            Say(chosen.What(chosen.Of));
        }

        await chosen.Make(chosen.Of);
    }

    /// <summary>Runs code as a process's.</summary>
    public T In<T>(SimulatedProcess process, Func<T> run)
    {
        var before = Current;
        Current = process;
        try
        {
            return run();
        }
        finally
        {
            Current = before;
        }
    }

    /// <summary>Runs code as a process's.</summary>
    public void In(SimulatedProcess process, Action run) => In(process, () =>
    {
        run();
        return true;
    });

    /// <summary>Forgets what a dead process waited for.</summary>
    public void Drop(SimulatedProcess process) => parked.RemoveAll(waiting => waiting.Process == process);

    private static string GoesOn(object of) => $"goes on: {((Parked)of).Where}";

    private Task GoOn(object of)
    {
        var waiting = (Parked)of;
        parked.Remove(waiting);
        In(waiting.Process, waiting.Turn.SetResult);
        return Task.CompletedTask;
    }

    private Task Park(SimulatedProcess process, string where, Func<bool>? isFree, DateTimeOffset? dueAt = null)
    {
        // Continuations run inside SetResult, on the one thread: no RunContinuationsAsynchronously here.
        var waiting = new Parked(process, where, isFree, dueAt);
        parked.Add(waiting);
        return waiting.Turn.Task;
    }

    private sealed class Parked(SimulatedProcess process, string where, Func<bool>? isFree, DateTimeOffset? dueAt)
    {
        public SimulatedProcess Process => process;

        public string Where => where;

        public Func<bool>? IsFree => isFree;

        public DateTimeOffset? DueAt => dueAt;

        public TaskCompletionSource Turn { get; } = new();
    }
}
