namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>What is to be done at a time: once by people, again and again by timer functions.</summary>
public sealed class Plans(SimulatedWorld simulation) : ISource
{
    private readonly List<Plan> plans = [];
    private readonly List<Timer> timers = [];

    /// <inheritdoc/>
    public DateTimeOffset? NextDue
    {
        get
        {
            DateTimeOffset? next = null;
            void Consider(DateTimeOffset due) => next = due > simulation.Clock.Now && !(next <= due) ? due : next;
            foreach (var plan in plans)
            {
                Consider(plan.At);
            }

            foreach (var timer in timers)
            {
                if (timer.Matters)
                {
                    Consider(timer.DueAt);
                }
            }

            return next;
        }
    }

    /// <summary>Something to be done once, by any of the processes.</summary>
    public void At(DateTimeOffset at, string what, Func<SimulatedProcess, Task> act) => plans.Add(new(at, what, act));

    /// <summary>Something to be done by the world outside, which never dies.</summary>
    public void Outside(DateTimeOffset at, string what, Func<Task> act) => plans.Add(new(at, what, _ => act()) { IsOutside = true });

    /// <summary>
    /// A timer function. In a simulation it runs only while it may have something to do: from <paramref name="matters"/> saying so
    /// (asked before each step) until <paramref name="stillMatters"/> (asked after each run) denies it.
    /// </summary>
    public void Every(TimeSpan period, string what, Func<SimulatedProcess, Task> run, Func<bool> matters, Func<Task<bool>> stillMatters) =>
        timers.Add(new(what, period, run, matters, stillMatters));

    /// <inheritdoc/>
    public void AddChoices(List<Choice> choices)
    {
        var now = simulation.Clock.Now;
        foreach (var plan in plans)
        {
            if (plan.At <= now)
            {
                choices.Add(new(plan, static of => ((Plan)of).What, of => Do((Plan)of)));
            }
        }

        foreach (var timer in timers)
        {
            timer.Matters |= timer.Asks();
            if (timer.Matters && timer.DueAt <= now)
            {
                choices.Add(new(timer, static of => ((Timer)of).What, of => Fire((Timer)of)));
            }
        }
    }

    private Task Do(Plan plan)
    {
        plans.Remove(plan);
        return plan.IsOutside ? plan.Act(null!) : Begin(plan.What, plan.Act);
    }

    private async Task Fire(Timer timer)
    {
        timer.DueAt = simulation.Clock.Now + timer.Period;
        await Begin(timer.What, timer.Run);
        timer.Matters = await timer.StillMatters();
    }

    private Task Begin(string what, Func<SimulatedProcess, Task> act)
    {
        var process = simulation.AnyProcess();
        return process.Begin(what, () => act(process), _ => { });
    }

    private sealed record Plan(DateTimeOffset At, string What, Func<SimulatedProcess, Task> Act)
    {
        public bool IsOutside { get; init; }
    }

    private sealed record Timer(string What, TimeSpan Period, Func<SimulatedProcess, Task> Run, Func<bool> Asks, Func<Task<bool>> StillMatters)
    {
        public DateTimeOffset DueAt { get; set; }

        public bool Matters { get; set; }
    }
}
