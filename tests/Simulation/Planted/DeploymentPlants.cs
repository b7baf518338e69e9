using Microsoft.DurableTask.Entities;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.Budget;
using ToolboxAI.Shared.Roblox.OpenCloud;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Planted;

/// <summary>An upload whose answer was lost counts as not made: it is made again, and paid again.</summary>
public sealed class RepeatedUpload : Plants
{
    /// <inheritdoc/>
    public override T Reported<T>(object activity, T real) =>
        activity is CreateAssetInput && real is CallOutcome<OperationReading> { End: CallEnd.Unclear } lost ? (T)(object)(lost with { End = CallEnd.Transient }) : real;
}

/// <summary>A rollback takes Models that were changed in place for those of the earlier version: two versions are mixed.</summary>
public sealed class ForgottenModels : Plants
{
    /// <inheritdoc/>
    public override T Reported<T>(object activity, T real) => activity is BeginProductionInput { GoingBack: true } input && real is ProductionBegun begun
        ? (T)(object)(begun with { ModelsAsWanted = [.. input.Start.Goal!.Assets.Keys] })
        : real;
}

/// <summary>A test that fails counts as passed.</summary>
public sealed class IgnoredTest : Plants
{
    /// <inheritdoc/>
    public override T Reported<T>(object activity, T real) =>
        real is CallOutcome<LuauTaskReading> { Value: { State: LuauTaskState.Failed } failed } read
            ? (T)(object)(read with { Value = failed with { State = LuauTaskState.Complete, Results = null } })
            : real;
}

/// <summary>The rate budget allows every call.</summary>
public sealed class IgnoredBudget : Plants
{
    /// <inheritdoc/>
    public override ITaskEntity Budget(ITaskEntity real) => new Generous();

    private sealed class Generous : TaskEntity<BudgetState>
    {
        /// <summary>Always yes.</summary>
        public BudgetAnswer Ask(BudgetAsk ask, TaskEntityContext context) => new(DateTimeOffset.MaxValue, DateTimeOffset.MinValue);

        /// <summary>Whatever Roblox says.</summary>
        public void Report(BudgetReport report) => State = BudgetState.Empty;

        protected override BudgetState InitializeState(TaskEntityOperation entityOperation) => BudgetState.Empty;
    }
}

/// <summary>A run goes on calling Roblox after another has taken the experience.</summary>
public sealed class IgnoredFence : Plants
{
    private long fence;

    /// <inheritdoc/>
    public override void Begins(object activity) =>
        fence = activity.GetType().GetProperty("Ticket")?.GetValue(activity) is CallTicket ticket ? ticket.Fence : fence;

    /// <inheritdoc/>
    public override IExperiences ExperiencesOfCalls(IExperiences real) => new AnyFence(real, () => fence);

    private sealed class AnyFence(IExperiences real, Func<long> wanted) : ForwardingExperiences(real)
    {
        public override async Task<ExperienceState?> Find(IUnitOfWork work, string key, CancellationToken ct)
        {
            var fence = wanted();
            return await base.Find(work, key, ct) is { } state ? state with { Fence = fence } : null;
        }

        public override async Task<ExperienceState> Lock(IUnitOfWork work, string key, CancellationToken ct)
        {
            var fence = wanted();
            return await base.Lock(work, key, ct) with { Fence = fence };
        }

        public override async Task Save(IUnitOfWork work, ExperienceState state, CancellationToken ct) =>
            await base.Save(work, state with { Fence = (await base.Find(work, state.Key, ct))!.Fence }, ct);
    }
}

/// <summary>Production begins to move though a call of the run that lost it is still on its way.</summary>
public sealed class ForgottenCalls : Plants
{
    /// <inheritdoc/>
    public override IExperiences ExperiencesOfProduction(IExperiences real) => new NobodyUnderWay(real);

    private sealed class NobodyUnderWay(IExperiences real) : ForwardingExperiences(real)
    {
        public override Task<bool> AnyUnderWay(IUnitOfWork work, string key, long beforeFence, DateTimeOffset beganAfter, CancellationToken ct) => Task.FromResult(false);
    }
}

/// <summary>The experiences, handed on unchanged.</summary>
public abstract class ForwardingExperiences(IExperiences real) : IExperiences
{
    public virtual Task<ExperienceState?> Find(IUnitOfWork work, string key, CancellationToken ct) => real.Find(work, key, ct);

    public virtual Task<ExperienceState> Lock(IUnitOfWork work, string key, CancellationToken ct) => real.Lock(work, key, ct);

    public virtual Task Save(IUnitOfWork work, ExperienceState state, CancellationToken ct) => real.Save(work, state, ct);

    public Task<bool> TryBegin(IUnitOfWork work, BegunCall call, CancellationToken ct) => real.TryBegin(work, call, ct);

    public Task End(IUnitOfWork work, string id, CancellationToken ct) => real.End(work, id, ct);

    public Task Unbegin(IUnitOfWork work, IReadOnlyList<string> ids, CancellationToken ct) => real.Unbegin(work, ids, ct);

    public virtual Task<bool> AnyUnderWay(IUnitOfWork work, string key, long beforeFence, DateTimeOffset beganAfter, CancellationToken ct) =>
        real.AnyUnderWay(work, key, beforeFence, beganAfter, ct);

    public Task<int> Forget(IUnitOfWork work, DateTimeOffset beganBefore, CancellationToken ct) => real.Forget(work, beganBefore, ct);
}
