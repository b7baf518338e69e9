using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>Stripe's API key. Stripe has no call that makes or ends one: an operator brings the new one and ends the old one in the Dashboard.</summary>
public sealed class StripeKeySource(IHttpClientFactory clients, IOptions<StripeOptions> options) : ICredentialSource
{
    /// <summary>The name of the HTTP client that sends a key which is not the current one.</summary>
    public const string Client = "credentials";

    /// <inheritdoc/>
    public string Name => SecretNames.StripeApiKey;

    /// <inheritdoc/>
    public Task<MadeCredential> Make(string rotationId, CancellationToken ct) =>
        throw new SecretsException(GatewayFailure.Permanent, "Stripe makes no keys for us: start the rotation with the new key.");

    /// <inheritdoc/>
    public async Task Verify(Secret secret, CancellationToken ct)
    {
        var root = options.Value.ApiBase is { Length: > 0 } own ? own.TrimEnd('/') : "https://api.stripe.com";
        using var request = new HttpRequestMessage(HttpMethod.Get, root + "/v1/customers?limit=1");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret.Value.Reveal());
        using var answer = await IssuerCalls.Send(clients.CreateClient(Client), request, "Stripe", ct);
    }

    /// <inheritdoc/>
    public Task Revoke(Secret secret, Secret? kept, CancellationToken ct) => Task.CompletedTask;
}

/// <summary>SendGrid's API key, made and ended through its API: the key that does so needs the scopes api_keys.create, .read and .delete.</summary>
public sealed class SendGridKeySource(IHttpClientFactory clients, SecretReader secrets, IOptions<SendGridOptions> options) : ICredentialSource
{
    private const string Keys = "/v3/api_keys";
    private static readonly string[] Scopes = ["mail.send", "api_keys.create", "api_keys.read", "api_keys.delete"];

    /// <inheritdoc/>
    public string Name => SecretNames.SendGridApiKey;

    /// <inheritdoc/>
    public async Task<MadeCredential> Make(string rotationId, CancellationToken ct)
    {
        var name = $"toolboxai {rotationId}";
        var current = await secrets.Current(Name, ct);
        using (var list = await Send(HttpMethod.Get, Keys, current, null, ct))
        {
            foreach (var left in list!.RootElement.GetProperty("result").EnumerateArray().Where(key => key.GetProperty("name").GetString() == name))
            {
                using var deleted = await Send(HttpMethod.Delete, $"{Keys}/{left.GetProperty("api_key_id").GetString()}", current, null, ct);
            }
        }

        using var made = await Send(HttpMethod.Post, Keys, current, JsonContent.Create(new { name, scopes = Scopes }), ct);
        return new(new(made!.RootElement.GetProperty("api_key").GetString()!), made.RootElement.GetProperty("api_key_id").GetString());
    }

    /// <inheritdoc/>
    public async Task Verify(Secret secret, CancellationToken ct)
    {
        using var scopes = await Send(HttpMethod.Get, "/v3/scopes", secret, null, ct);
        if (!scopes!.RootElement.GetProperty("scopes").EnumerateArray().Any(scope => scope.GetString() == "mail.send"))
        {
            throw new SecretsException(GatewayFailure.Transient, "SendGrid's new key lacks the scope mail.send.");
        }
    }

    /// <inheritdoc/>
    public async Task Revoke(Secret secret, Secret? kept, CancellationToken ct)
    {
        // SG.id.secret: the id of a key that was made by hand stands in the key itself.
        var id = secret.Version.IssuerId ?? secret.Value.Reveal().Split('.').ElementAtOrDefault(1);
        if (id is { Length: > 0 })
        {
            using var deleted = await Send(HttpMethod.Delete, $"{Keys}/{Uri.EscapeDataString(id)}", kept ?? await secrets.Current(Name, ct), null, ct);
        }
    }

    private async Task<JsonDocument?> Send(HttpMethod method, string path, Secret key, HttpContent? body, CancellationToken ct)
    {
        var root = options.Value.ApiBase is { Length: > 0 } own ? own.TrimEnd('/') : "https://api.sendgrid.com";
        using var request = new HttpRequestMessage(method, root + path) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Value.Reveal());
        return await IssuerCalls.Send(clients.CreateClient(StripeKeySource.Client), request, "SendGrid", ct);
    }
}
