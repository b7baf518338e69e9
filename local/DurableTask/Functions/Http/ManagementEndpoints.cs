using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Hosting;
using ToolboxAI.Local.DurableTask.Stores;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>The HTTP management API of Durable Functions. It asks for the extension's system key or the master key.</summary>
internal sealed partial class ManagementEndpoints(FunctionsHub hubs, HostKeys keys) : ILocalEndpoints
{
    /// <summary>The name of the system key.</summary>
    public const string SystemKey = "durabletask_extension";

    /// <summary>Where the API begins.</summary>
    public const string Root = "/runtime/webhooks/durabletask";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, HttpMethods.Get, "instances/{id}", StatusAsync);
        Map(endpoints, HttpMethods.Get, "instances", ListAsync);
        Map(endpoints, HttpMethods.Delete, "instances/{id}", PurgeAsync);
        Map(endpoints, HttpMethods.Delete, "instances", PurgeManyAsync);
        Map(endpoints, HttpMethods.Post, "orchestrators/{name}/{id?}", StartAsync);
        Map(endpoints, HttpMethods.Post, "instances/{id}/raiseEvent/{event}", RaiseAsync);
        Map(endpoints, HttpMethods.Post, "instances/{id}/suspend", Steer((client, id, reason, ct) => client.SuspendInstanceAsync(id, reason, ct)));
        Map(endpoints, HttpMethods.Post, "instances/{id}/resume", Steer((client, id, reason, ct) => client.ResumeInstanceAsync(id, reason, ct)));
        Map(endpoints, HttpMethods.Post, "instances/{id}/terminate", Steer((client, id, reason, ct) => client.TerminateInstanceAsync(id, reason, ct)));
        Map(endpoints, HttpMethods.Post, "instances/{id}/rewind", RewindAsync);
        Map(endpoints, HttpMethods.Post, "instances/{id}/restart", RestartAsync);
    }

    private static string Id(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private static bool Flag(HttpContext http, string name, bool otherwise) =>
        bool.TryParse(http.Request.Query[name].FirstOrDefault(), out var value) ? value : otherwise;

    private static DateTimeOffset? Time(HttpContext http, string name) =>
        DateTimeOffset.TryParse(http.Request.Query[name].FirstOrDefault(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static List<OrchestrationRuntimeStatus>? Statuses(HttpContext http)
    {
        var statuses = http.Request.Query["runtimeStatus"]
            .SelectMany(text => (text ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(text => Enum.TryParse<OrchestrationRuntimeStatus>(text, true, out var status) ? status : (OrchestrationRuntimeStatus?)null)
            .OfType<OrchestrationRuntimeStatus>()
            .ToList();
        return statuses.Count == 0 ? null : statuses;
    }

    private static Task Answer(HttpContext http, int status, JsonNode? body = null)
    {
        http.Response.StatusCode = status;
        if (body is null)
        {
            return Task.CompletedTask;
        }

        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }

    private static Task Refuse(HttpContext http, int status, string message) => Answer(http, status, new JsonObject { ["Message"] = message });

    private static async Task<(bool IsJson, string? Body)> ReadBodyAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(http.RequestAborted).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(text))
        {
            return (true, null);
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return (true, text);
        }
        catch (JsonException)
        {
            return (false, text);
        }
    }

    private void Map(IEndpointRouteBuilder endpoints, string method, string route, Func<HttpContext, Hub, HubClient, Task> run) =>
        endpoints.MapMethods($"{Root}/{route}", [method], async http =>
        {
            var verdict = await keys.CheckSystemAsync(http.Request, SystemKey, http.RequestAborted).ConfigureAwait(false);
            if (verdict != KeyVerdict.Admitted)
            {
                http.Response.StatusCode = verdict == KeyVerdict.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
                return;
            }

            var taskHub = http.Request.Query["taskHub"].FirstOrDefault();
            var client = hubs.CreateClient(taskHub, refuses: false);        // the API itself looks first, and answers with a status code
            await run(http, await hubs.OpenAsync(taskHub).ConfigureAwait(false), client).ConfigureAwait(false);
        });

    private async Task<string> QueryAsync(Hub hub, CancellationToken cancellationToken) =>
        Query(hub.Name, await keys.SystemKeyAsync(SystemKey, cancellationToken).ConfigureAwait(false));

    /// <summary>What the addresses carry: hub, connection and key.</summary>
    public static string Query(string hubName, string key) => $"taskHub={Uri.EscapeDataString(hubName)}&connection=Storage&code={key}";

    private static string Base(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}{Root}";

    private static bool IsGoing(Instance instance) => !instance.IsEnded;
}
