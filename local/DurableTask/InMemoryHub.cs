using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Hosting;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask;

/// <summary>
/// A task hub in memory. Under <see cref="HubExtensions"/> hosted workers drive it; a simulation drives it itself, one piece of
/// work at a time: it looks at <see cref="Ready"/>, chooses, and lets a <see cref="SimulatedWorker"/> execute. Nothing happens in
/// the background, and the order of everything depends on the choices only.
/// </summary>
public sealed class InMemoryHub
{
    private readonly MemoryStore store;

    /// <summary>Creates an empty hub on <paramref name="clock"/>; on the machine's clock when none is given.</summary>
    /// <param name="clock">The hub's clock.</param>
    /// <param name="replaysEachStep">
    /// Whether workers forget an orchestration after each step and replay it for the next one, as after a restart. It finds code that
    /// is not deterministic.
    /// </param>
    public InMemoryHub(TimeProvider? clock = null, bool replaysEachStep = false)
        : this(HubExtensions.DefaultHubName, clock, replaysEachStep)
    {
    }

    internal InMemoryHub(string name, TimeProvider? clock, bool replaysEachStep)
        : this(name, clock ?? TimeProvider.System, new MemoryStore(clock ?? TimeProvider.System), replaysEachStep)
    {
    }

    internal InMemoryHub(string name, TimeProvider clock, MemoryStore store, bool replaysEachStep = false)
    {
        Clock = clock;
        this.store = store;
        Hub = replaysEachStep ? new Hub(name, store, Clock) { LiveExecutions = 0 } : new Hub(name, store, Clock);
    }

    /// <summary>The hub's clock: timers, scheduled starts and signals are due by it.</summary>
    public TimeProvider Clock { get; }

    internal Hub Hub { get; }

    internal MemoryStore Store => store;

    /// <summary>A client of the hub. Its methods end before they return, except those that wait for an instance.</summary>
    public DurableTaskClient CreateClient(DurableTaskClientOptions? options = null) =>
        new HubClient(Hub.Name, () => Task.FromResult(Hub), options ?? new DurableTaskClientOptions { EnableEntitySupport = true });

    /// <summary>A worker that does only what it is told to.</summary>
    /// <param name="tasks">What it can run.</param>
    /// <param name="services">What its classes are made with; an empty container when not given.</param>
    /// <param name="options">Its options; with entities when not given.</param>
    /// <param name="clock">Its own clock, to let it be skewed; the hub's when not given.</param>
    public SimulatedWorker CreateWorker(
        DurableTaskRegistry tasks, IServiceProvider? services = null, DurableTaskWorkerOptions? options = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var provider = services ?? new ServiceCollection().BuildServiceProvider();
        var settings = new TaskHostSettings(
            options ?? new DurableTaskWorkerOptions { EnableEntitySupport = true },
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance);
        return new SimulatedWorker(this, new RegistryTaskHost(new DurableTaskFactory(tasks), provider, settings), clock ?? Clock);
    }

    /// <summary>The work that could be executed now, in a stable order.</summary>
    public IReadOnlyList<WorkItem> Ready() => store.Ready();

    /// <summary>The next moment, later than now, at which a timer, a scheduled start or a delayed signal becomes due.</summary>
    public DateTimeOffset? NextDue() => store.NextDueAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>What failed too often and was set aside.</summary>
    public Task<IReadOnlyList<SetAsideWork>> ListSetAsideAsync() => store.ListSetAsideAsync(CancellationToken.None);
}

/// <summary>What a piece of work is.</summary>
public enum WorkItemKind
{
    /// <summary>Messages wait for an orchestration: a start, an outcome, a fired timer, an event.</summary>
    Orchestration,

    /// <summary>Operations wait for an entity.</summary>
    Entity,

    /// <summary>An activity waits to be run.</summary>
    Activity,
}

/// <summary>A piece of work that is ready.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its number: of the instance or of the activity.</param>
/// <param name="InstanceId">The instance that it belongs to.</param>
/// <param name="Name">The name of the orchestrator, entity or activity.</param>
/// <param name="Attempts">How often it was leased before.</param>
public sealed record WorkItem(WorkItemKind Kind, long Id, string InstanceId, string Name, int Attempts);

/// <summary>Where a simulated worker dies.</summary>
public enum CrashPoint
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>After it took the work, before it ran it.</summary>
    BeforeExecution,

    /// <summary>After the work had its effect, before that was committed.</summary>
    BeforeCommit,

    /// <summary>Right after the commit.</summary>
    AfterCommit,
}
