using ToolboxAI.Local.DurableTask;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>
/// A process of the application: it dies at a commit, before or after it, or between any two steps, and with it all that it
/// was about to do. Its successor starts at once and knows only what is stored.
/// </summary>
public sealed class SimulatedProcess(string name, Scheduler scheduler, TimeProvider clock)
{
    private readonly List<Invocation> inFlight = [];
    private readonly List<IUnitOfWork> open = [];
    private TaskCompletionSource death = new();
    private SimulatedWorker? worker;

    /// <summary>Its name in the trace.</summary>
    public string Name => name;

    /// <summary>Its machine's clock.</summary>
    public TimeProvider Clock => clock;

    /// <summary>
    /// Its worker on the task hub, when it has one. The first process's leads orchestrations on from memory as a real worker does where it
    /// can, the others' take each outcome from the inbox, as a real worker does where it can't.
    /// </summary>
    public SimulatedWorker? Worker
    {
        get => worker;
        set
        {
            worker = value;
            _ = value?.LeadsOn = name.EndsWith('1');
        }
    }

    /// <summary>Counts its lives.</summary>
    public int Life { get; private set; }

    /// <summary>It has died and has not started again yet.</summary>
    public bool Dead { get; private set; }

    /// <summary>Hears of each invocation that failed.</summary>
    public Action<string, Exception> OnFailure { get; set; } = (_, _) => { };

    /// <summary>What else happens when it dies, beside its leases being lost.</summary>
    public List<Action> OnDeath { get; } = [];

    /// <summary>What it works on.</summary>
    public int InFlight => inFlight.Count;

    /// <summary>
    /// Begins an invocation. <paramref name="ended"/> is called with its outcome (null: success) unless the process dies first.
    /// </summary>
    public async Task Begin(string what, Func<Task> run, Action<Exception?> ended)
    {
        var invocation = new Invocation(what, scheduler.In(this, run), ended);
        inFlight.Add(invocation);
        await Settle();
    }

    /// <summary>Waits for code that truly waits (for a database, say), and reports what has ended.</summary>
    public async Task Settle()
    {
        if (inFlight.Count == 0 && !Dead)
        {
            return;
        }

        if (!scheduler.HasWaiting && inFlight.Exists(invocation => !invocation.Running.IsCompleted))
        {
            await Task.WhenAny(Task.WhenAll(inFlight.Select(invocation => invocation.Running)), death.Task);
        }

        if (Dead)
        {
            Restart();
            return;
        }

        for (var next = 0; next < inFlight.Count && !Dead;)
        {
            var done = inFlight[next];
            if (!done.Running.IsCompleted)
            {
                next++;
                continue;
            }

            inFlight.RemoveAt(next);
            if (done.Running.Exception?.GetBaseException() is { } error)
            {
                scheduler.Say($"{done.What} failed: {error.GetType().Name}: {error.Message}");
                OnFailure(done.What, error);
                done.Ended(error);
            }
            else
            {
                done.Ended(null);
            }
        }

        if (Dead)
        {
            Restart();
        }
    }

    /// <summary>The process dies here. The task returned never ends.</summary>
    public Task Die(string where)
    {
        scheduler.In(this, () => scheduler.Say($"DIES {where}"));
        Dead = true;
        death.TrySetResult();
        return new TaskCompletionSource().Task;
    }

    /// <summary>Whether it dies at this point of a commit, as the plan has it.</summary>
    public bool DiesAtCommit(string where)
    {
        if (!scheduler.Chance(scheduler.Faults.CrashesAtCommits))
        {
            return false;
        }

        _ = Die(where);
        return true;
    }

    /// <summary>A commit elsewhere than in the product's database: the process may die before and after it.</summary>
    public async Task Commits(string what, Func<Task> commit)
    {
        await MayDie($"before {what}");
        await commit();
        await MayDie($"after {what}");
    }

    /// <summary>Runs an activity, which fails before its effect or after it, as the plan has it.</summary>
    public async Task<T> Acts<T>(Func<Task<T>> activity)
    {
        var fails = scheduler.Chance(scheduler.Faults.ActivitiesFail);
        if (fails && scheduler.Chance(0.5))
        {
            throw new IOException("The activity failed before it did anything.");
        }

        var result = await activity();
        return fails ? throw new IOException("The activity failed after it had done its work.") : result;
    }

    /// <summary>Makes units of work at whose commits the process may die.</summary>
    public IUnitOfWorkFactory Crashing(IUnitOfWorkFactory inner) => new Units(this, inner);

    /// <summary>The successor starts.</summary>
    public void Restart()
    {
        scheduler.Drop(this);
        inFlight.Clear();
        foreach (var work in open.ToList())
        {
            // A dead process's sessions are closed by the database: roll-back.
            work.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        open.Clear();
        Worker?.Crash();
        OnDeath.ForEach(lost => lost());
        Dead = false;
        death = new();
        Life++;
    }

    private sealed record Invocation(string What, Task Running, Action<Exception?> Ended);

    private sealed class Units(SimulatedProcess process, IUnitOfWorkFactory inner) : IUnitOfWorkFactory
    {
        public async Task<IUnitOfWork> Begin(CancellationToken ct) => Watch(await inner.Begin(ct));

        public async Task<IUnitOfWork> BeginReads(CancellationToken ct) => Watch(await inner.BeginReads(ct));

        public async Task<IUnitOfWork> Begin(TenantId tenant, CancellationToken ct) => Watch(await inner.Begin(tenant, ct));

        public async Task<ITenantTurns> BeginTurns(CancellationToken ct) => Watch(await inner.BeginTurns(ct));

        private Unit Watch(IUnitOfWork work)
        {
            process.open.Add(work);
            return new(process, work);
        }
    }

    private sealed class Unit(SimulatedProcess process, IUnitOfWork inner) : ITenantTurns
    {
        private readonly List<Func<CancellationToken, Task>> afterCommit = [];

        public TenantId? Tenant => inner.Tenant;

        public T Session<T>() where T : class => inner.Session<T>();

        public Task Enter(TenantId? tenant, CancellationToken ct) => ((ITenantTurns)inner).Enter(tenant, ct);

        public void AfterCommit(Func<CancellationToken, Task> action) => afterCommit.Add(action);

        public async Task Commit(CancellationToken ct)
        {
            await process.MayDie("before a commit");
            await inner.Commit(ct);
            process.open.Remove(inner);
            await process.MayDie("after a commit");
            foreach (var action in afterCommit)
            {
                await action(ct);
            }
        }

        public ValueTask DisposeAsync()
        {
            process.open.Remove(inner);
            return inner.DisposeAsync();
        }
    }

    /// <summary>A task that never ends when the process dies here.</summary>
    private Task MayDie(string where) => scheduler.Chance(scheduler.Faults.CrashesAtCommits) ? Die(where) : Task.CompletedTask;
}
