using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Http;

/// <summary>Who calls, and may they? The one check of the access policy that every HTTP function declares.</summary>
public sealed class AccessMiddleware(
    FunctionPolicies policies, ApiKeys keys, AccessTokens tokens, TimeProvider clock, ILogger<AccessMiddleware> log) : IFunctionsWorkerMiddleware
{
    private const string Bearer = "Bearer ";
    private const string KeyHeader = "X-Api-Key";

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        var refusal = policies.Of(context.FunctionDefinition) switch
        {
            NeedsAttribute needs => await Authenticate(http, needs.Permission),
            AnonymousAttribute or SignedWebhookAttribute => null,
            _ => new NoAccessPolicy(),
        };
        if (refusal is not null)
        {
            await refusal.ToProblem().ExecuteAsync(http);
            return;
        }

        var caller = http.FindCaller();
        using var scope = caller is null ? null : LogScope.Begin(log, ("ApiKeyId", caller.Id), ("Tenant", caller.Tenant?.Slug));
        await next(context);
    }

    private async Task<Refusal?> Authenticate(HttpContext http, Permission permission)
    {
        if (Secret(http.Request) is not { Length: > 0 } secret)
        {
            return new KeyMissing();
        }

        var key = AccessTokens.IsToken(secret) ? await FindKeyOfToken(secret, http.RequestAborted) : await FindKey(secret, http.RequestAborted);
        if (key is null)
        {
            return new KeyInvalid();
        }

        http.SetCaller(key);
        return !key.Allows(permission) ? new ScopeMissing(permission.Scope())
            : key.AccessWithdrawn && !permission.IsForBilling() ? new AccessWithdrawn()
            : null;
    }

    private async Task<ApiKey?> FindKey(string secret, CancellationToken ct)
    {
        if (secret.Length > ApiKeySecret.MaxLength)
        {
            return null;
        }

        var key = await keys.FindBySecret(secret, ct);
        return key?.IsValid(clock.GetUtcNow()) == true ? key : null;
    }

    /// <summary>A token is worth what its key is worth at this moment, and no more than it says itself.</summary>
    private async Task<ApiKey?> FindKeyOfToken(string token, CancellationToken ct)
    {
        if (await tokens.Read(token, ct) is not { } claims)
        {
            return null;
        }

        var key = await keys.FindById(claims.KeyId, ct);
        return key?.IsValid(clock.GetUtcNow()) == true ? key with { Scopes = [.. key.Scopes.Where(scope => scope == claims.Scope)], ByToken = true } : null;
    }

    private static string? Secret(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization;
        return authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : request.Headers[KeyHeader];
    }
}
