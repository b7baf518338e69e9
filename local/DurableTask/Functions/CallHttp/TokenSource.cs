using System.Text.Json.Serialization;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>Where the bearer token of a durable HTTP request comes from.</summary>
public abstract class TokenSource
{
    internal TokenSource(string resource)
    {
        Resource = resource;
    }

    /// <summary>The resource that the token is for.</summary>
    [JsonPropertyName("resource")]
    public string Resource { get; }
}

/// <summary>A token of the application's own identity in Entra ID.</summary>
public class ManagedIdentityTokenSource : TokenSource
{
    private static readonly string[] WellKnown = ["https://management.core.windows.net", "https://graph.microsoft.com"];

    /// <summary>Creates a token source.</summary>
    /// <param name="resource">The resource's identifier; the well-known ones of Azure management and Graph may lack their <c>/.default</c>.</param>
    /// <param name="options">How to sign in; the defaults when not given.</param>
    public ManagedIdentityTokenSource(string resource, ManagedIdentityOptions? options = null)
        : base(Normalize(resource))
    {
        Options = options;
    }

    /// <summary>How to sign in.</summary>
    [JsonPropertyName("options")]
    public ManagedIdentityOptions? Options { get; }

    private static string Normalize(string resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var bare = resource.TrimEnd('/');
        return WellKnown.Contains(bare) ? bare + "/.default" : resource;
    }
}

/// <summary>How an application signs in to Entra ID for a token.</summary>
public class ManagedIdentityOptions
{
    /// <summary>Creates options.</summary>
    public ManagedIdentityOptions(Uri? authorityHost = null, string? tenantId = null)
    {
        AuthorityHost = authorityHost;
        TenantId = tenantId;
    }

    /// <summary>The authority; the public cloud's when not given.</summary>
    [JsonPropertyName("authorityhost")]
    public Uri? AuthorityHost { get; set; }

    /// <summary>The tenant; the identity's own when not given.</summary>
    [JsonPropertyName("tenantid")]
    public string? TenantId { get; set; }
}
