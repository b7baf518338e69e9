using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Tests.Secrets;

/// <summary>
/// The platform's identity endpoint (protocol 2019-08-01 of App Service and Functions) whose tokens are a database's password, so that a
/// database takes them as Azure's takes tokens of Entra.
/// </summary>
public sealed class IdentityEndpoint : IAsyncDisposable
{
    /// <summary>What a caller sends as <c>X-IDENTITY-HEADER</c>.</summary>
    public const string Header = "0123456789abcdef";

    /// <summary>Tokens that end so soon are asked for anew each time: the credential renews five minutes ahead.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    private readonly WebApplication app;

    private IdentityEndpoint(WebApplication app) => this.app = app;

    /// <summary>Its address.</summary>
    public string Address => app.Urls.Single() + "/token";

    /// <summary>The token that it gives.</summary>
    public string Token { get; set; } = "none";

    /// <summary>The queries that it answered.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Starts one.</summary>
    public static async Task<IdentityEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var endpoint = new IdentityEndpoint(builder.Build());
        endpoint.app.Run(endpoint.AnswerAsync);
        await endpoint.app.StartAsync();
        return endpoint;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Headers["X-IDENTITY-HEADER"] != Header)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        Asked.Enqueue(http.Request.QueryString.Value!);
        await http.Response.WriteAsJsonAsync(new Dictionary<string, string>
        {
            ["access_token"] = Token,
            ["client_id"] = http.Request.Query["client_id"].ToString(),
            ["expires_on"] = $"{(TimeProvider.System.GetUtcNow() + Lifetime).ToUnixTimeSeconds()}",
            ["resource"] = http.Request.Query["resource"].ToString(),
            ["token_type"] = "Bearer",
        });
    }
}
