using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Deployments;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Functions.Deployments;

/// <summary>A deployment's progress as server-sent events: each is the whole deployment, its id the state's number.</summary>
public sealed class StreamDeployment(DeploymentDesk desk)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestStream = TimeSpan.FromMinutes(4);              // hosts cut idle answers; a reader comes back by itself

    [Function(nameof(StreamDeployment)), Needs(Permission.DeploymentsRead)]
    [Api("A deployment's progress as server-sent events, until it has ended"), Answers(200, MediaType = "text/event-stream", Example = DeploymentExamples.Events), Refuses(404, "deployment_not_found")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/deployments/{id}/events")] HttpRequest http, string id, CancellationToken ct)
    {
        if (await desk.Find(http.Tenant(), id, ct) is null)
        {
            return new DeploymentNotFound().ToProblem();
        }

        var seen = int.TryParse(http.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : -1;
        return TypedResults.ServerSentEvents(Events(http.Tenant(), id, seen, ct));
    }

    private async IAsyncEnumerable<SseItem<string>> Events(TenantId tenant, string id, int seen, [EnumeratorCancellation] CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < LongestStream && await desk.Find(tenant, id, ct) is { } deployment)
        {
            if (deployment.State.Version > seen)
            {
                seen = deployment.State.Version;
                var body = JsonSerializer.Serialize(DeploymentView.Of(deployment), ApiJson.Options);
                yield return new(body, "deployment") { EventId = seen.ToString(CultureInfo.InvariantCulture) };
            }

            if (deployment.State.Ended)
            {
                yield break;
            }

            await Task.Delay(BetweenLooks, ct);
        }
    }
}
