using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>
/// A process of the application: it dies at a commit, before or after it, or between any two steps, and with it all that it
/// was about to do. Its successor starts at once and knows only what is stored.
/// </summary>
public sealed class SimulatedProcess(string name, Scheduler scheduler)
{
    private readonly List<Invocation> inFlight = [];
    private readonly List<IUnitOfWork> open = [];
    private TaskCompletionSource death = new();

    /// <summary>Its name in the trace.</summary>
    public string Name => name;

    /// <summary>Counts its lives.</summary>
    public int Life { get; private set; }

    /// <summary>It has died and has not started again yet.</summary>
    public bool Dead { get; private set; }

    /// <summary>The probability of dying at each point of each commit.</summary>
    public double CrashesAtCommits { get; set; }

    /// <summary>Hears of each invocation that failed.</summary>
    public Action<string, Exception> OnFailure { get; set; } = (_, _) => { };

    /// <summary>What else happens when it dies: leases and locks are lost.</summary>
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
        if (!scheduler.Waiting().Any() && inFlight.Exists(invocation => !invocation.Running.IsCompleted))
        {
            await Task.WhenAny(Task.WhenAll(inFlight.Select(invocation => invocation.Running)), death.Task);
        }

        if (Dead)
        {
            Restart();
            return;
        }

        foreach (var done in inFlight.Where(invocation => invocation.Running.IsCompleted).ToList())
        {
            inFlight.Remove(done);
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
        OnDeath.ForEach(lost => lost());
        Dead = false;
        death = new();
        Life++;
    }

    private sealed record Invocation(string What, Task Running, Action<Exception?> Ended);

    private sealed class Units(SimulatedProcess process, IUnitOfWorkFactory inner) : IUnitOfWorkFactory
    {
        public async Task<IUnitOfWork> Begin(CancellationToken ct) => Watch(await inner.Begin(ct));

        public async Task<IUnitOfWork> Begin(TenantId tenant, CancellationToken ct) => Watch(await inner.Begin(tenant, ct));

        private Unit Watch(IUnitOfWork work)
        {
            process.open.Add(work);
            return new(process, work);
        }
    }

    private sealed class Unit(SimulatedProcess process, IUnitOfWork inner) : IUnitOfWork
    {
        private readonly List<Func<CancellationToken, Task>> afterCommit = [];

        public TenantId? Tenant => inner.Tenant;

        public T Session<T>() where T : class => inner.Session<T>();

        public void AfterCommit(Func<CancellationToken, Task> action) => afterCommit.Add(action);

        public async Task Commit(CancellationToken ct)
        {
            await MayDie("before a commit");
            await inner.Commit(ct);
            process.open.Remove(inner);
            await MayDie("after a commit");
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

        private Task MayDie(string where) => process.Chance() ? process.Die(where) : Task.CompletedTask;
    }

    private bool Chance() => scheduler.Chance(CrashesAtCommits);
}
