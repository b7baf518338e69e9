using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>
/// Roblox's Open Cloud, as far as deployments need it: local/Simulators/README.md says what is there and where it is simpler than the
/// original. Nothing happens by itself: what takes time is reckoned from the moved clock when it is looked at.
/// </summary>
public sealed class RobloxSimulator : ISimulator
{
    internal const string Name = "roblox";

    /// <summary>Method and path of all that is simulated, as the official description has them.</summary>
    public static IReadOnlyList<string> Endpoints { get; } = [.. OpenCloudServer.Endpoints.Select(endpoint => endpoint.Name)];

    /// <inheritdoc/>
    public string Service => Name;

    /// <inheritdoc/>
    public string WebhookPath => "/api/v1/webhooks/roblox";

    /// <inheritdoc/>
    public string Script => StoredRobloxDocuments.Script;

    /// <inheritdoc/>
    public void Map(WebApplication server, SimulatorContext context)
    {
        server.Use((http, next) =>
        {
            // Place files are far larger than what a server takes by default.
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = null;
            }

            return next(http);
        });
        server.UseFaults(context, Service, (http, status) => WriteAsync(http, OpenCloudServer.Fault(http.Request.Path.Value ?? "/", status)));
        server.Run(http => AnswerAsync(http, context));
    }

    /// <inheritdoc/>
    public void MapLocal(IEndpointRouteBuilder routes, SimulatorContext context)
    {
        routes.MapPost("/local/roblox/experiences", async (RobloxExperience experience, CancellationToken ct) =>
        {
            await using var transaction = await context.BeginAsync(Service, ct);
            await RobloxExperiences.AddAsync(new StoredRobloxDocuments(transaction, ct), experience, transaction.Now);
            await transaction.CommitAsync(ct);
            return Results.Created($"/local/roblox/experiences/{experience.UniverseId}", experience);
        });
        routes.MapGet("/local/roblox/experiences/{universe}", async (string universe, CancellationToken ct) =>
        {
            await using var transaction = await context.BeginAsync(Service, ct);
            var shown = await RobloxExperiences.ShowAsync(new StoredRobloxDocuments(transaction, ct), universe, transaction.Now);
            return shown is null ? Results.NotFound() : Results.Json(shown, JsonSerializerOptions.Web);
        });
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> SettingsAsync(string address, SimulatorContext context, CancellationToken cancellationToken)
    {
        await using var transaction = await context.BeginAsync(Service, cancellationToken);
        foreach (var experience in RobloxExperiences.Known)
        {
            await RobloxExperiences.AddAsync(new StoredRobloxDocuments(transaction, cancellationToken), experience, transaction.Now);
        }

        await transaction.CommitAsync(cancellationToken);
        return new Dictionary<string, string> { ["Roblox__ApiBase"] = address };
    }

    /// <inheritdoc/>
    public Task RunAsync(ScheduledAction action, SimulatorTransaction transaction, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"This simulator schedules nothing, not even {action.Kind}.");

    /// <inheritdoc/>
    public void Sign(HttpRequestMessage request, string body, DateTimeOffset machineTime) =>
        throw new InvalidOperationException("This simulator sends no webhooks.");

    /// <inheritdoc/>
    public TimeSpan? RetryAfter(int failures) => null;

    private static async Task AnswerAsync(HttpContext http, SimulatorContext context)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var request = new OpenCloudRequest(
            http.Request.Method,
            http.Request.Path.Value ?? "/",
            http.Request.Query.ToDictionary(value => value.Key, value => value.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            http.Request.Headers["x-api-key"].ToString(),
            http.Request.ContentType ?? "",
            body.ToArray());
        await using var transaction = await context.BeginAsync(Name, http.RequestAborted);
        var answer = await OpenCloudServer.HandleAsync(request, new StoredRobloxDocuments(transaction, CancellationToken.None), transaction.Now);
        await transaction.CommitAsync(CancellationToken.None);
        await WriteAsync(http, answer);
    }

    private static Task WriteAsync(HttpContext http, OpenCloudAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
        {
            http.Response.Headers[name] = value;
        }

        return http.Response.WriteAsync(answer.Body, http.RequestAborted);
    }
}
