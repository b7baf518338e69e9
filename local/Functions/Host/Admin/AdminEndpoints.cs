using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;

namespace ToolboxAI.Local.Functions;

/// <summary>The host's own endpoints under <c>/admin</c>. All but <c>host/ping</c> ask for the master key.</summary>
internal sealed class AdminEndpoints(
    FunctionCatalog catalog, HostKeys keys, HostSettings host, AdminInvocations invocations, LocalHost running, IHostApplicationLifetime lifetime)
    : ILocalEndpoints
{
    private static readonly long Started = TimeProvider.System.GetTimestamp();

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map("/admin/host/ping", _ => Task.CompletedTask);
        var admin = endpoints.MapGroup("/admin").AddEndpointFilter(new MasterKeyFilter(keys));
        admin.MapGet("/host/status", Status);
        admin.MapPost("/host/restart", Restart);
        admin.MapGet("/functions", (HttpRequest request) => catalog.Functions.Select(function => Describe(function, request)));
        admin.MapGet("/functions/{name}", (string name, HttpRequest request) =>
            catalog.Find(name) is { } function ? Results.Json(Describe(function, request)) : Results.NotFound());
        admin.MapGet("/functions/{name}/status", FunctionStatus);
        admin.MapPost("/functions/{name}", invocations.InvokeAsync);
    }

    private IResult Status() => Results.Json(new
    {
        id = Environment.MachineName.ToLowerInvariant(),
        state = lifetime.ApplicationStopping.IsCancellationRequested ? "Stopping" : "Running",
        version = "4.0.0.0",
        versionDetails = "local",
        platformVersion = "",
        instanceId = running.InstanceId,
        computerName = Environment.MachineName,
        processUptime = (long)TimeProvider.System.GetElapsedTime(Started).TotalMilliseconds,
        functionAppContentEditingState = "NotAllowed",
        errors = catalog.Errors.Count == 0 ? null : catalog.Errors.Select(error => $"The '{error.Key}' function is in error: {error.Value}"),
    });

    // The real host answers before it has restarted, too. What is started then must not go on in this request's trace and log scopes.
    private IResult Restart()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(running.RestartAsync);
        }

        return Results.Ok();
    }

    private IResult FunctionStatus(string name)
    {
        if (catalog.Find(name) is not { } function)
        {
            return Results.NotFound();
        }

        return catalog.Errors.TryGetValue(function.Name, out var error) ? Results.Json(new { errors = new[] { error } }) : Results.Json(new JsonObject());
    }

    private JsonObject Describe(LocalFunction function, HttpRequest request)
    {
        var root = $"{request.Scheme}://{request.Host}";
        var bindings = function.Bindings.Select(FunctionsMetadata.Describe).ToArray<JsonNode>();
        return new()
        {
            ["name"] = function.Name,
            ["script_href"] = $"{root}/admin/vfs/{function.ScriptFile}",
            ["href"] = $"{root}/admin/functions/{function.Name}",
            ["invoke_url_template"] = function.Trigger.Attribute is HttpTriggerAttribute http
                ? $"{root}/{host.RoutePrefix}/{http.Route ?? function.Name}".Replace("//", "/", StringComparison.Ordinal).Replace(":/", "://", StringComparison.Ordinal)
                : null,
            ["language"] = "dotnet-isolated",
            ["config"] = new JsonObject
            {
                ["name"] = function.Name,
                ["scriptFile"] = function.ScriptFile,
                ["entryPoint"] = function.EntryPoint,
                ["language"] = "dotnet-isolated",
                ["bindings"] = new JsonArray(bindings),
            },
            ["isDisabled"] = catalog.IsDisabled(function),
            ["isDirect"] = false,
            ["isProxy"] = false,
        };
    }
}
