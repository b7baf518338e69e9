using System.Collections.Immutable;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Shared.Roblox.Budget;

/// <summary>Asks whether a call may be made.</summary>
/// <param name="Endpoint">What is to be called.</param>
/// <param name="Tenant">For whom.</param>
/// <param name="Urgent">A rollback: it may use what is kept for rollbacks.</param>
public sealed record BudgetAsk(RobloxEndpoint Endpoint, string Tenant, bool Urgent);

/// <summary>Yes, until a time by which the call must have begun; or no, and when to ask again.</summary>
/// <param name="CallBefore">The call must have begun by then; null for no.</param>
/// <param name="AskAgainAt">When to ask again after a no.</param>
/// <param name="Believed">What the budget believes of the limit; null when it wants to hear how the call went in any case.</param>
public sealed record BudgetAnswer(DateTimeOffset? CallBefore, DateTimeOffset AskAgainAt, BudgetBelief? Believed = null)
{
    /// <summary>Need the budget hear of a call that went like this? One that went well and says what is believed is no news.</summary>
    public bool IsNews(BudgetReport report) => Believed is null || !report.Answered || report.Rate.Throttled
        || (report.Rate.Limit ?? Believed.Limit) != Believed.Limit || report.Rate.Remaining < Believed.Left;
}

/// <summary>What the budget believes of an endpoint's limit.</summary>
/// <param name="Limit">Calls a minute.</param>
/// <param name="Left">Calls that it would still allow at once, this one taken off.</param>
public sealed record BudgetBelief(int Limit, int Left);

/// <summary>How a call went, as far as the budget is concerned.</summary>
/// <param name="Endpoint">What was called.</param>
/// <param name="Rate">What the answer's headers said.</param>
/// <param name="Answered">Roblox answered sensibly; false when it did not, or with a failure of its own.</param>
public sealed record BudgetReport(RobloxEndpoint Endpoint, RateReading Rate, bool Answered);

/// <summary>Calls of one tenant that were allowed in one second, and how many askers were told to come back when they are free again.</summary>
public sealed record BudgetSlot(DateTimeOffset FreeAt, string Tenant, int Count, int Promised);

/// <summary>One endpoint's part of the budget.</summary>
public sealed record BudgetBucket
{
    /// <summary>Calls a minute.</summary>
    public required int Limit { get; init; }

    /// <summary>Allowed calls that may still count at Roblox, in the order in which they are free again.</summary>
    public ImmutableList<BudgetSlot> Slots { get; init; } = [];

    /// <summary>What Roblox said is left until <see cref="ServerResetsAt"/>, less what was allowed since.</summary>
    public int ServerLeft { get; init; }

    /// <summary>Until when <see cref="ServerLeft"/> counts.</summary>
    public DateTimeOffset ServerResetsAt { get; init; }

    /// <summary>Roblox asked us to wait until then.</summary>
    public DateTimeOffset BlockedUntil { get; init; }

    /// <summary>When each tenant was last told to wait.</summary>
    public ImmutableDictionary<string, DateTimeOffset> Waiting { get; init; } = ImmutableDictionary<string, DateTimeOffset>.Empty;
}

/// <summary>The breaker: after failures in a row nothing is called for a while, then one call tries.</summary>
/// <param name="Failures">Failures in a row.</param>
/// <param name="Openings">How often it opened since the last good answer.</param>
/// <param name="OpenUntil">Nothing is called before.</param>
/// <param name="Trying">One call is out to try.</param>
public sealed record BudgetBreaker(int Failures, int Openings, DateTimeOffset OpenUntil, bool Trying)
{
    /// <summary>All is well.</summary>
    public static BudgetBreaker Closed { get; } = new(0, 0, DateTimeOffset.MinValue, false);
}

/// <summary>What one Roblox owner's limits allow, over all processes, tenants and deployments.</summary>
public sealed record BudgetState(ImmutableDictionary<RobloxEndpoint, BudgetBucket> Buckets, BudgetBreaker Breaker)
{
    /// <summary>Nothing was called yet.</summary>
    public static BudgetState Empty { get; } = new(ImmutableDictionary<RobloxEndpoint, BudgetBucket>.Empty, BudgetBreaker.Closed);
}
