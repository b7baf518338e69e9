using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Hosting;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask;

/// <summary>A worker of an <see cref="InMemoryHub"/> that executes what it is told to, and dies where it is told to.</summary>
public sealed class SimulatedWorker
{
    private readonly InMemoryHub hub;
    private readonly ITaskHost host;
    private readonly TimeProvider clock;
    private WorkProcessor processor;

    internal SimulatedWorker(InMemoryHub hub, ITaskHost host, TimeProvider clock)
    {
        this.hub = hub;
        this.host = host;
        this.clock = clock;
        processor = new WorkProcessor(hub.Hub, host, clock);
        Id = hub.Store.Join();
    }

    /// <summary>The number under which the worker holds leases; a new one after each crash.</summary>
    public int Id { get; private set; }

    /// <summary>
    /// Whether an activity's outcome leads on the orchestration at once when that is in the worker's memory, in one commit with it; otherwise
    /// the outcome goes to the orchestration's inbox and makes a piece of work of its own. A real worker does the first where it can.
    /// </summary>
    public bool LeadsOn { get; set; }

    /// <summary>Takes, runs and commits one piece of work.</summary>
    /// <returns>Whether it was committed: false when it was taken by another worker, or when the worker died before the commit.</returns>
    public async Task<bool> ExecuteAsync(WorkItem item, CrashPoint crash = CrashPoint.None)
    {
        if (Take(item) is not { } work)
        {
            return false;
        }

        if (work.Attempts > Dispatcher.MaxAttempts)
        {
            work.SetAside();
            return false;
        }

        if (crash == CrashPoint.BeforeExecution)
        {
            Crash();
            return false;
        }

        await work.RunAsync().ConfigureAwait(true);
        if (crash == CrashPoint.BeforeCommit)
        {
            Crash();
            return false;
        }

        var committed = work.Commit();
        if (crash == CrashPoint.AfterCommit)
        {
            Crash();
        }

        return committed;
    }

    /// <summary>Leases a piece of work, to run and commit it step by step; <c>null</c> when it is no longer ready.</summary>
    public TakenWork? Take(WorkItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Kind == WorkItemKind.Activity
            ? hub.Store.TakeActivity(Id, item.Id) is { } activity ? new TakenWork(this, item, null, activity) : null
            : hub.Store.TakeInstance(Id, item.Id) is { } instance ? new TakenWork(this, item, instance, null) : null;
    }

    /// <summary>The process dies: leases are lost at once, and all that was in memory.</summary>
    public void Crash()
    {
        hub.Store.Leave(Id);
        Id = hub.Store.Join();
        processor = new WorkProcessor(hub.Hub, host, clock);
    }

    /// <summary>Work that a worker holds. Another worker may take it after <see cref="Expire"/>, while this one goes on.</summary>
    public sealed class TakenWork
    {
        private readonly SimulatedWorker worker;
        private readonly WorkProcessor processor;
        private readonly int lease;
        private readonly LeasedInstance? instance;
        private readonly LeasedActivity? activity;
        private Step? step;
        private ActivityCommit? outcome;

        internal TakenWork(SimulatedWorker worker, WorkItem item, LeasedInstance? instance, LeasedActivity? activity)
        {
            this.worker = worker;
            this.instance = instance;
            this.activity = activity;
            Item = item;
            processor = worker.processor;
            lease = worker.Id;
        }

        /// <summary>What was taken.</summary>
        public WorkItem Item { get; }

        /// <summary>How often it was taken, this time included.</summary>
        internal int Attempts => activity?.Attempts ?? instance!.Instance.Attempts;

        /// <summary>Runs the work; its effects on the outside happen here.</summary>
        public async Task RunAsync()
        {
            if (activity is not null)
            {
                outcome = await processor.RunAsync(activity, CancellationToken.None).ConfigureAwait(true);

                // An instance that is in memory is led on at once, as by a real worker: one commit for the outcome and the step.
                if (worker.LeadsOn && processor.Live(activity.InstanceKey) is { } waiting)
                {
                    step = await processor.RunAsync(new LeasedInstance(waiting, []) { Outcomes = [outcome] }, CancellationToken.None).ConfigureAwait(true);
                }
            }
            else
            {
                step = await processor.RunAsync(instance!, CancellationToken.None).ConfigureAwait(true);
            }
        }

        /// <summary>Commits what was run; false when the lease was lost and somebody else was faster.</summary>
        public bool Commit()
        {
            if (step is not null && worker.hub.Store.Commit(lease, step.Commit))
            {
                processor.Committed(step);
                return true;
            }

            if (outcome is not null)
            {
                return worker.hub.Store.Commit(lease, outcome);
            }

            worker.hub.Store.Release(lease, instance?.Instance.Key ?? throw new InvalidOperationException("The work was not run."));
            return false;
        }

        /// <summary>Sets the work aside, as a worker does with what was taken too often.</summary>
        internal void SetAside() => _ = activity is null
            ? worker.hub.Store.SetInstanceAsideAsync(lease, instance!.Instance.Key, Dispatcher.WorkerDied, CancellationToken.None)
            : worker.hub.Store.SetActivityAsideAsync(lease, activity.Id, Dispatcher.WorkerDied, CancellationToken.None);

        /// <summary>The lease runs out: the work is ready again, though this worker may still be at it.</summary>
        public void Expire() => worker.hub.Store.Expire(Item);
    }
}
