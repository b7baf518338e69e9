using Microsoft.AspNetCore.Http;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Functions.Http;

/// <summary>What the pipeline found out about a request.</summary>
public static class RequestContext
{
    private static readonly object CallerKey = new();
    private static readonly object CorrelationKey = new();

    /// <summary>The tenant that the call is for: the key says it, never the request. Only where a tenant's permission is needed.</summary>
    public static TenantId Tenant(this HttpRequest request) => request.Caller().Tenant
        ?? throw new InvalidOperationException("An operator's call has no tenant.");

    /// <summary>The API key that makes the call. Only where a permission is needed.</summary>
    public static ApiKey Caller(this HttpRequest request) => request.HttpContext.FindCaller()
        ?? throw new InvalidOperationException("This call has no caller: the function declares no permission.");

    internal static ApiKey? FindCaller(this HttpContext http) => http.Items[CallerKey] as ApiKey;

    internal static void SetCaller(this HttpContext http, ApiKey caller) => http.Items[CallerKey] = caller;

    internal static string? CorrelationId(this HttpContext http) => http.Items[CorrelationKey] as string;

    internal static void SetCorrelationId(this HttpContext http, string id) => http.Items[CorrelationKey] = id;
}
