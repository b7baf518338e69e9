using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Billing;

/// <summary>A plan and the price that it has at Stripe.</summary>
public sealed record SyncedPlan(string Plan, string Price);

/// <summary>Brings the configured plans to Stripe; for operators and the pipeline.</summary>
public sealed class SyncPlans(Subscriptions subscriptions)
{
    [Function(nameof(SyncPlans)), Needs(Permission.Operate)]
    [Api("Brings the plans to Stripe"), Answers(200, typeof(IReadOnlyList<SyncedPlan>)), Refuses(504, "upstream_unclear")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/plans/sync")] HttpRequest http, CancellationToken ct)
    {
        var prices = await subscriptions.SyncPlans(ct);
        return Results.Ok(prices.Select(price => new SyncedPlan(price.Key, price.Value)).ToList());
    }
}
