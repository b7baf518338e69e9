using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Key management under <c>/admin</c>. A key's value is in the answer that creates it and nowhere later: lists have the names,
/// their values are null.
/// </summary>
internal sealed class KeyEndpoints(FunctionCatalog catalog, HostKeys keys) : ILocalEndpoints
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "/admin/host/keys", KeyKind.Host);
        Map(endpoints, "/admin/host/functionkeys", KeyKind.Host);
        Map(endpoints, "/admin/host/systemkeys", KeyKind.System);
        Map(endpoints, "/admin/functions/{function}/keys", KeyKind.Function);
    }

    private void Map(IEndpointRouteBuilder endpoints, string path, KeyKind kind)
    {
        var group = endpoints.MapGroup(path).AddEndpointFilter(new MasterKeyFilter(keys)).AddEndpointFilter(KnownFunctionAsync);
        group.MapGet("", (Delegate)((HttpContext http) => ListAsync(http, kind, Scope(http))));
        group.MapGet("/{key}", (HttpContext http, string key) => ReadAsync(http, kind, Scope(http), key));
        group.MapMethods("/{key}", ["PUT", "POST"], (HttpContext http, string key) => SetAsync(http, kind, Scope(http), key));
        group.MapDelete("/{key}", (HttpContext http, string key) => RemoveAsync(http, kind, Scope(http), key));
    }

    private async ValueTask<object?> KnownFunctionAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Request.RouteValues["function"] is string name && catalog.Find(name) is null
            ? Results.NotFound()
            : await next(context).ConfigureAwait(false);

    private async Task<IResult> ListAsync(HttpContext http, KeyKind kind, string scope)
    {
        var found = await keys.ListAsync(kind, scope, http.RequestAborted).ConfigureAwait(false);
        return Results.Json(new { keys = found.Select(key => new { name = key.Name, value = (string?)null }), links = Links(http) });
    }

    private async Task<IResult> ReadAsync(HttpContext http, KeyKind kind, string scope, string name)
    {
        var found = await keys.ListAsync(kind, scope, http.RequestAborted).ConfigureAwait(false);
        return found.FirstOrDefault(key => string.Equals(key.Name, name, StringComparison.OrdinalIgnoreCase)) is { } key
            ? Results.Json(new { name = key.Name, value = (string?)null, links = Links(http) })
            : Results.NotFound();
    }

    // A key that is new is 201, one that takes the place of another 200, as on the real host.
    private async Task<IResult> SetAsync(HttpContext http, KeyKind kind, string scope, string name)
    {
        var value = HttpMethods.IsPut(http.Request.Method) ? await GivenAsync(http).ConfigureAwait(false) : HostKeys.Generate();
        if (string.IsNullOrEmpty(value))
        {
            return Results.BadRequest();
        }

        var isNew = await keys.SetAsync(kind, scope, name, value, http.RequestAborted).ConfigureAwait(false);
        return Results.Json(new { name, value, links = Links(http) }, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task<IResult> RemoveAsync(HttpContext http, KeyKind kind, string scope, string name)
    {
        if (name.StartsWith('_'))
        {
            return Results.BadRequest($"The key '{name}' is the host's own and cannot be deleted; PUT or POST gives it another value.");
        }

        return await keys.RemoveAsync(kind, scope, name, http.RequestAborted).ConfigureAwait(false) ? Results.NoContent() : Results.NotFound();
    }

    private static string Scope(HttpContext http) => http.Request.RouteValues["function"] as string ?? "";

    private static async Task<string?> GivenAsync(HttpContext http)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted).ConfigureAwait(false);
            return body.RootElement.TryGetProperty("value", out var value) ? value.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static object[] Links(HttpContext http) => [new { rel = "self", href = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}" }];
}

/// <summary>Lets only the master key pass.</summary>
internal sealed class MasterKeyFilter(HostKeys keys) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return await keys.AdmitsAsync(http.Request, AuthorizationLevel.Admin, null, http.RequestAborted).ConfigureAwait(false)
            ? await next(context).ConfigureAwait(false)
            : Results.StatusCode(StatusCodes.Status401Unauthorized);
    }
}
