using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Deployments;

/// <summary>What became of a paid upload whose answer was lost.</summary>
/// <param name="Asset">Its name in the manifest.</param>
/// <param name="AssetId">The id that it has at Roblox; absent: it is not there, upload it again.</param>
public sealed record UploadDecisionRequest(string Asset, long? AssetId = null);

/// <summary>What only a person decides.</summary>
public sealed class DecisionFunctions(DeploymentDesk desk)
{
    private const string Route = "v1/deployments/{id}";

    [Function("ApproveDeployment"), Needs(Permission.DeploymentsApprove)]
    [Api("Lets a deployment go to production; by another key than the one that started it"), Answers(202, typeof(DeploymentView), Example = DeploymentExamples.Started)]
    [Refuses(403, "own_deployment"), Refuses(404, "deployment_not_found"), Refuses(409, "not_awaited")]
    public Task<IResult> Approve([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/approve")] HttpRequest http, string id, CancellationToken ct) =>
        Tell(http, id, new(DeploymentSignalKind.Approve, http.Caller().Id), ct);

    [Function("RejectDeployment"), Needs(Permission.DeploymentsApprove)]
    [Api("Ends a deployment that waits for a person, before it goes to production"), Answers(202, typeof(DeploymentView), Example = DeploymentExamples.Started)]
    [Refuses(404, "deployment_not_found"), Refuses(409, "not_awaited")]
    public Task<IResult> Reject([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/reject")] HttpRequest http, string id, CancellationToken ct) =>
        Tell(http, id, new(DeploymentSignalKind.Reject, http.Caller().Id), ct);

    [Function("DecideUpload"), Needs(Permission.DeploymentsApprove)]
    [Api("Says what became of a paid upload whose answer was lost", Body = typeof(UploadDecisionRequest), Example = """{"asset":"theme","assetId":9000017}""")]
    [Answers(202, typeof(DeploymentView), Example = DeploymentExamples.Started), Refuses(404, "deployment_not_found"), Refuses(409, "not_awaited")]
    public async Task<IResult> Decide([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/uploads")] HttpRequest http, string id, CancellationToken ct)
    {
        var request = await http.ReadBody<UploadDecisionRequest>(ct);
        var kind = request.AssetId is null ? DeploymentSignalKind.RepeatUpload : DeploymentSignalKind.UseAsset;
        return await Tell(http, id, new(kind, http.Caller().Id, request.Asset, request.AssetId), ct);
    }

    private async Task<IResult> Tell(HttpRequest http, string id, DeploymentSignal signal, CancellationToken ct)
    {
        var (deployment, refusal) = await desk.Tell(http.Tenant(), http.Caller(), id, signal, ct);
        return deployment is null ? refusal!.ToProblem() : Results.Accepted($"/api/v1/deployments/{id}", DeploymentView.Of(deployment));
    }
}
