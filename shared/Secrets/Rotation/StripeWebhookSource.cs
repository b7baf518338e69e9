using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>
/// The webhook's signing secret. Stripe's API can't roll the secret of an endpoint, so a rotation makes a second endpoint at the same
/// address: events come under both secrets (each is applied once, by its id) until the first endpoint is deleted.
/// </summary>
public sealed class StripeWebhookSource(IHttpClientFactory clients, IOptions<StripeOptions> options) : ICredentialSource
{
    private const string Endpoints = "/v1/webhook_endpoints";
    private const string RotationKey = "rotation";

    /// <inheritdoc/>
    public string Name => SecretNames.StripeWebhookSecret;

    /// <inheritdoc/>
    public async Task<MadeCredential> Make(string rotationId, CancellationToken ct)
    {
        var ours = await Ours(ct);
        foreach (var left in ours.Where(endpoint => endpoint.Rotation == rotationId))
        {
            await Delete(left.Id, ct);                   // its secret was shown once, to a try that a crash ended
        }

        var form = new List<KeyValuePair<string, string>>
        {
            new("url", options.Value.WebhookAddress),
            new($"metadata[{RotationKey}]", rotationId),
        };
        form.AddRange((ours.FirstOrDefault(endpoint => endpoint.Rotation != rotationId)?.Events ?? ["*"]).Select(type => KeyValuePair.Create("enabled_events[]", type)));
        using var made = await Send(HttpMethod.Post, Endpoints, new FormUrlEncodedContent(form), ct);
        return new(new(made!.RootElement.GetProperty("secret").GetString()!), made.RootElement.GetProperty("id").GetString());
    }

    /// <inheritdoc/>
    public async Task Verify(Secret secret, CancellationToken ct)
    {
        var endpoint = (await Ours(ct)).Find(endpoint => endpoint.Id == secret.Version.IssuerId);
        if (endpoint is not { Enabled: true })
        {
            throw new SecretsException(GatewayFailure.Transient, "Stripe has no enabled endpoint that signs with the new secret.");
        }
    }

    /// <inheritdoc/>
    public async Task Revoke(Secret secret, Secret? kept, CancellationToken ct)
    {
        // An endpoint made by hand has no id in the vault: then it is every one at our address but the new one.
        var ended = secret.Version.IssuerId is { } id ? [id]
            : kept is null ? []
            : (await Ours(ct)).Select(endpoint => endpoint.Id).Where(other => other != kept.Version.IssuerId).ToList();
        foreach (var endpoint in ended)
        {
            await Delete(endpoint, ct);
        }
    }

    private async Task<List<Endpoint>> Ours(CancellationToken ct)
    {
        using var list = await Send(HttpMethod.Get, Endpoints + "?limit=100", null, ct);
        return
        [
            .. list!.RootElement.GetProperty("data").EnumerateArray()
                .Where(endpoint => endpoint.GetProperty("url").GetString() == options.Value.WebhookAddress)
                .Select(endpoint => new Endpoint(
                    endpoint.GetProperty("id").GetString()!,
                    endpoint.GetProperty("metadata").TryGetProperty(RotationKey, out var rotation) ? rotation.GetString() : null,
                    [.. endpoint.GetProperty("enabled_events").EnumerateArray().Select(type => type.GetString()!)],
                    endpoint.GetProperty("status").GetString() == "enabled")),
        ];
    }

    private async Task Delete(string id, CancellationToken ct)
    {
        using var answer = await Send(HttpMethod.Delete, $"{Endpoints}/{Uri.EscapeDataString(id)}", null, ct);
    }

    /// <summary>One call; null for what is not there.</summary>
    private async Task<JsonDocument?> Send(HttpMethod method, string path, HttpContent? body, CancellationToken ct)
    {
        var root = options.Value.ApiBase is { Length: > 0 } own ? own.TrimEnd('/') : "https://api.stripe.com";
        using var request = new HttpRequestMessage(method, root + path) { Content = body };
        return await IssuerCalls.Send(clients.CreateClient(StripeOptions.Section), request, "Stripe", ct);
    }

    private sealed record Endpoint(string Id, string? Rotation, IReadOnlyList<string> Events, bool Enabled);
}
