using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Deployments;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Deployments;

/// <summary>A plan to carry out.</summary>
public sealed record DeploymentRequest(string PlanHash);

/// <summary>A rollback's wish.</summary>
/// <param name="To">The version to bring back; absent: the one that was live when the deployment was started.</param>
public sealed record RollbackRequest(string? To = null);

/// <summary>Plans, deployments and rollbacks.</summary>
public sealed class DeploymentFunctions(Planner planner, DeploymentDesk desk, TimeProvider clock)
{
    private const string Route = "v1/deployments";
    private const int PlanBytes = 1024 * 1024;
    private const int ManifestCharacters = 256 * 1024;

    [Function("PlanDeployment"), Needs(Permission.DeploymentsWrite)]
    [Api("What a deployment would do", Body = typeof(PlanRequest), Example = """{"manifest":"version: 1\nexperience: treasure-hunt\n…","files":{"places/lobby.rbxlx":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},"environment":"production","commit":"4f2a91c"}""")]
    [Answers(200, typeof(PlanView), Example = DeploymentExamples.Plan), Refuses(422, "invalid_manifest", "file_not_named", "content_missing", "files_too_large", "invalid_version")]
    public async Task<IResult> Plan(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/plan")] HttpRequest http, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var request = await http.ReadBody<PlanRequest>(PlanBytes, ManifestCharacters, ct);
        var (draft, unreadable) = await planner.Read(http.Tenant(), request, ct);
        if (draft is null)
        {
            return unreadable!.ToProblem();
        }

        var manifest = draft.Manifest;
        var scene = CallScene.Before(http.Tenant(), manifest.Experience, manifest.Target.Environment, draft.Experience?.Fence ?? 0, manifest.Owner, manifest.KeyName);
        var facts = await durable.Facts(new(scene, manifest.Target, manifest.Staging, OnlyPlaces: false), clock.GetUtcNow(), ct);
        var (plan, refusal) = await planner.Make(http.Tenant(), http.Caller().Id, request, draft, facts, ct);
        return plan is null ? refusal!.ToProblem() : Results.Ok(PlanView.Of(plan));
    }

    [Function("StartDeployment"), Needs(Permission.DeploymentsWrite)]
    [Api("Carries a plan out", Body = typeof(DeploymentRequest), Example = """{"planHash":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}""")]
    [Answers(202, typeof(DeploymentView), Example = DeploymentExamples.Started), Refuses(404, "plan_not_found"), Refuses(409, "plan_outdated", "experience_busy"), Refuses(422, "plan_blocked")]
    public async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest http, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var request = await http.ReadBody<DeploymentRequest>(ct);
        var (plan, refusal) = await desk.Plan(http.Tenant(), request.PlanHash, ct);
        if (plan is null)
        {
            return refusal!.ToProblem();
        }

        // The plan's own state is looked at under the lock; where the places stand only Roblox knows.
        var release = plan.Release;
        var live = await desk.Experience(http.Tenant(), release.Experience, release.Target.Environment, ct);
        var scene = CallScene.Before(http.Tenant(), release.Experience, release.Target.Environment, live?.State.Fence ?? 0, release.Owner, release.KeyName);
        var facts = await durable.Facts(new(scene, release.Target, release.Staging, OnlyPlaces: true), clock.GetUtcNow(), ct);
        return Accepted(await desk.Apply(http.Tenant(), http.Caller(), request.PlanHash, facts.Places, ct));
    }

    [Function("ListDeployments"), Needs(Permission.DeploymentsRead)]
    [Api("Deployments, the newest first"), Paged, Query("experience", "Only this experience's"), Answers(200, typeof(Page<DeploymentView>), Example = DeploymentExamples.Page)]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest http, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        var (after, limit) = http.ReadPage();
        string? experience = http.Query["experience"];
        var page = await desk.List(http.Tenant(), string.IsNullOrEmpty(experience) ? null : experience, after, limit, ct);
        return Results.Ok(new Page<DeploymentView>([.. await Task.WhenAll(page.Items.Select(item => View(item, durable, ct)))], page.NextCursor));
    }

    [Function("GetDeployment"), Needs(Permission.DeploymentsRead)]
    [Api("A deployment with its timeline"), Answers(200, typeof(DeploymentView), Example = DeploymentExamples.Live), Refuses(404, "deployment_not_found")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{id}")] HttpRequest http, [DurableClient] DurableTaskClient durable, string id, CancellationToken ct) =>
        await desk.Find(http.Tenant(), id, ct) is { } found ? Results.Ok(await View(found, durable, ct)) : new DeploymentNotFound().ToProblem();

    [Function("RollBackDeployment"), Needs(Permission.DeploymentsWrite)]
    [Api("Brings an earlier version back, whatever runs", Body = typeof(RollbackRequest), NeedsBody = false, Example = """{"to":"1.3.0"}""")]
    [Answers(202, typeof(DeploymentView), Example = DeploymentExamples.Rollback), Refuses(404, "deployment_not_found", "version_not_found"), Refuses(409, "nothing_to_go_back_to", "already_live")]
    public async Task<IResult> RollBack(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/rollback")] HttpRequest http, string id, CancellationToken ct)
    {
        var request = http.ContentLength is null or 0 && !http.HasJsonContentType() ? new RollbackRequest() : await http.ReadBody<RollbackRequest>(ct);
        return Accepted(await desk.RollBack(http.Tenant(), http.Caller(), id, request.To, ct));
    }

    [Function("RetryDeployment"), Needs(Permission.DeploymentsWrite)]
    [Api("Runs a failed deployment again, from the step that failed"), Answers(202, typeof(DeploymentView), Example = DeploymentExamples.Started)]
    [Refuses(404, "deployment_not_found"), Refuses(409, "not_awaited", "experience_busy", "plan_outdated")]
    public async Task<IResult> Retry(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{id}/retry")] HttpRequest http, string id, CancellationToken ct) =>
        Accepted(await desk.Retry(http.Tenant(), id, ct));

    [Function("GetExperience"), Needs(Permission.DeploymentsRead)]
    [Api("What is live, and the versions that can be brought back"), Query("environment", "production when absent")]
    [Answers(200, typeof(ExperienceView), Example = DeploymentExamples.Experience), Refuses(404, "deployment_not_found")]
    public async Task<IResult> Experience(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/experiences/{experience}")] HttpRequest http, string experience, CancellationToken ct)
    {
        string? asked = http.Query["environment"];
        var environment = string.IsNullOrEmpty(asked) ? "production" : asked;
        return await desk.Experience(http.Tenant(), experience, environment, ct) is var (state, versions)
            ? Results.Ok(new ExperienceView(experience, environment, state.Version, state.MovingTo, state.Holder, [.. versions.Select(VersionView.Of)]))
            : new DeploymentNotFound().ToProblem();
    }

    /// <summary>What has ended calls nothing any more: so at most the few that run are asked after.</summary>
    private async Task<DeploymentView> View(Deployment deployment, DurableTaskClient durable, CancellationToken ct) =>
        DeploymentView.Of(deployment, deployment.State.Ended ? null : await durable.PausedUntil(deployment.Start.Owner, clock.GetUtcNow(), ct));

    private static IResult Accepted((Deployment? Deployment, Refusal? Refusal) result) => result.Deployment is { } deployment
        ? Results.Accepted($"/api/{Route}/{deployment.Start.Id}", DeploymentView.Of(deployment))
        : result.Refusal!.ToProblem();
}
