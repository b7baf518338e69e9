using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Entities;
using ToolboxAI.Shared.Roblox.Budget;

namespace ToolboxAI.Durable.Deployments;

/// <summary>
/// The rate budget of one Roblox owner, by its name (<c>user_1001</c>): every call of every process, tenant and deployment asks here
/// first. The decisions are <see cref="BudgetRules"/>.
/// </summary>
public sealed class RobloxBudget(TimeProvider clock) : TaskEntity<BudgetState>
{
    /// <summary>Hands an operation over.</summary>
    [Function(nameof(RobloxBudget))]
    public Task Dispatch([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync(this);

    /// <summary>May a call be made?</summary>
    public BudgetAnswer Ask(BudgetAsk ask)
    {
        (State, var answer) = BudgetRules.Ask(State, ask, clock.GetUtcNow());
        return answer;
    }

    /// <summary>Takes note of how a call went.</summary>
    public void Report(BudgetReport report) => State = BudgetRules.Report(State, report, clock.GetUtcNow());

    /// <inheritdoc/>
    protected override BudgetState InitializeState(TaskEntityOperation entityOperation) => BudgetState.Empty;
}
