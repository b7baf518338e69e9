using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Roblox.Budget;

namespace ToolboxAI.Durable.Deployments;

/// <summary>
/// The rate budget of one Roblox owner, by its name (<c>user_1001</c>): every call of every process, tenant and deployment asks here
/// first. The decisions are <see cref="BudgetRules"/>.
/// </summary>
public sealed partial class RobloxBudget(TimeProvider clock, ILogger<RobloxBudget> log) : TaskEntity<BudgetState>
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
    public void Report(BudgetReport report)
    {
        var (before, now) = (State.Breaker.Openings, clock.GetUtcNow());
        State = BudgetRules.Report(State, report, now);
        if (State.Breaker.Openings > before && BudgetRules.PausedUntil(State, now) is { } until)
        {
            Paused(Context.Id.Key, State.Breaker.Failures, until);
        }
        else if (before > 0 && State.Breaker.Openings == 0)
        {
            GoesOn(Context.Id.Key);
        }
    }

    /// <inheritdoc/>
    protected override BudgetState InitializeState(TaskEntityOperation entityOperation) => BudgetState.Empty;

    [LoggerMessage(5001, LogLevel.Warning, "Roblox failed {Failures} times in a row for {Owner}: nothing is called before {Until}")]
    private partial void Paused(string owner, int failures, DateTimeOffset until);

    [LoggerMessage(5002, LogLevel.Information, "Roblox answers {Owner} again")]
    private partial void GoesOn(string owner);
}
