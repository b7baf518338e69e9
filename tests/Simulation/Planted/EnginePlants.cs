using Microsoft.DurableTask;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Planted;

/// <summary>An engine whose store changes what it is given to commit.</summary>
public abstract class FaultyStore : Plants
{
    /// <inheritdoc/>
    public override InMemoryHub Hub(VirtualClock clock) => new("simulation", clock, new Store(clock, this));

    private protected abstract StepCommit Change(StepCommit step, Instance now);

    private sealed class Store(TimeProvider clock, FaultyStore plant) : MemoryStore(clock)
    {
        public override bool Commit(int worker, WorkCommit commit) => base.Commit(worker, commit is StepCommit step
            && FindAsync(step.InstanceId, CancellationToken.None).Result is { } now ? plant.Change(step, now) : commit);
    }
}

/// <summary>What a worker did whose lease had run out is committed all the same.</summary>
public sealed class MissingLeaseCheck : FaultyStore
{
    private protected override StepCommit Change(StepCommit step, Instance now) =>
        now.Key == step.Key ? new StepCommit(step.Key, now.Sequence, step.Consumed)
        {
            InstanceId = step.InstanceId,
            After = step.After,
            History = step.History,
            DropsHistory = step.DropsHistory,
            DropsTimers = step.DropsTimers,
            CancelledTimers = step.CancelledTimers,
            Activities = step.Activities,
            Messages = step.Messages,
            Starts = step.Starts,
        } : step;
}

/// <summary>Events that nobody has taken yet are forgotten when an orchestration continues as new.</summary>
public sealed class LostEvent : FaultyStore
{
    private protected override StepCommit Change(StepCommit step, Instance now) => step with
    {
        Messages = [.. step.Messages.Select(message => message.Body is ExecutionStarted started ? message with { Body = started with { Carried = null } } : message)],
    };
}

/// <summary>Locks of entities are kept when the orchestration that holds them fails.</summary>
public sealed class LockNotReleased : FaultyStore
{
    private protected override StepCommit Change(StepCommit step, Instance now) => step.After.Failure is null
        ? step
        : step with { Messages = [.. step.Messages.Where(message => message.Body is not EntityUnlocked)] };
}

/// <summary>An orchestration that looks at the machine's clock, and so may branch otherwise when it is replayed.</summary>
public sealed class WallClock : Plants
{
    /// <inheritdoc/>
    public override TaskOrchestrationContext Orchestration(TaskOrchestrationContext real, VirtualClock clock) => new Looking(real, clock);

    private sealed class Looking(TaskOrchestrationContext real, VirtualClock clock) : ForwardingContext(real)
    {
        public override DateTime CurrentUtcDateTime => clock.Now.UtcDateTime;
    }
}

/// <summary>One timer of each run never fires.</summary>
public sealed class LostTimer(int lost) : Plants
{
    /// <inheritdoc/>
    public override TaskOrchestrationContext Orchestration(TaskOrchestrationContext real, VirtualClock clock) => new Losing(real, lost);

    private sealed class Losing(TaskOrchestrationContext real, int lost) : ForwardingContext(real)
    {
        private int timers;

        public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
            base.CreateTimer(++timers == lost ? fireAt.AddYears(10) : fireAt, cancellationToken);
    }
}
