using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Billing;

/// <summary>Reading and setting the plans' dunning policies.</summary>
public sealed class PolicyDesk(IUnitOfWorkFactory units, IDunningPolicies policies, IOptions<BillingOptions> options, TimeProvider clock)
{
    /// <summary>A plan's policy; null when there is no such plan.</summary>
    public async Task<DunningPolicy?> Read(string plan, CancellationToken ct)
    {
        if (!options.Value.Plans.ContainsKey(plan))
        {
            return null;
        }

        await using var work = await units.Begin(ct);
        return await policies.Find(work, plan, ct) ?? DunningPolicy.Default;
    }

    /// <summary>Sets a plan's policy for runs that start from now on; a refusal when it can't be.</summary>
    public async Task<Refusal?> Set(string plan, DunningPolicy policy, CancellationToken ct)
    {
        if (!options.Value.Plans.ContainsKey(plan))
        {
            return new PlanNotFound(plan);
        }

        if (policy.Fault() is { } fault)
        {
            return new InvalidPolicy(fault);
        }

        await using var work = await units.Begin(ct);
        await policies.Put(work, plan, policy, clock.GetUtcNow(), ct);
        await work.Commit(ct);
        return null;
    }
}
