using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Billing;

/// <summary>How failed payments of a plan are dunned; for operators.</summary>
public sealed class DunningPolicyFunctions(PolicyDesk policies)
{
    private const string Route = "v1/admin/dunning-policies/{plan}";

    [Function("GetDunningPolicy"), Needs(Permission.Operate)]
    [Api("A plan's dunning policy"), Answers(200, typeof(DunningPolicy)), Refuses(404, "unknown_plan")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest http, string plan, CancellationToken ct) =>
        await policies.Read(plan, ct) is { } policy ? Results.Ok(policy) : new PlanNotFound(plan).ToProblem();

    [Function("PutDunningPolicy"), Needs(Permission.Operate)]
    [Api("Sets a plan's dunning policy, for runs that start from now on", Body = typeof(DunningPolicy), Example = """{"tryDays":[1,3,5,7,14,21],"ending":"cancel"}""")]
    [Answers(200, typeof(DunningPolicy)), Refuses(404, "unknown_plan"), Refuses(422, "invalid_policy")]
    public async Task<IResult> Put(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Route)] HttpRequest http, string plan, CancellationToken ct)
    {
        var policy = await http.ReadBody<DunningPolicy>(ct);
        return await policies.Set(plan, policy, ct) is { } refusal ? refusal.ToProblem() : Results.Ok(policy);
    }
}
