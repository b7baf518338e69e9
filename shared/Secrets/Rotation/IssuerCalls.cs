using System.Net;
using System.Text.Json;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>Calls of an issuer's API, and what their errors mean. Answers may hold new secrets: none is ever part of an exception.</summary>
internal static class IssuerCalls
{
    /// <summary>One call, no retries; null for what is not there, or an empty answer.</summary>
    public static async Task<JsonDocument?> Send(HttpClient client, HttpRequestMessage request, string issuer, CancellationToken ct)
    {
        try
        {
            using var answer = await client.SendAsync(request, ct);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (!answer.IsSuccessStatusCode)
            {
                throw new SecretsException(
                    (int)answer.StatusCode is 400 or 409 or 422 ? GatewayFailure.Permanent : GatewayFailure.Transient,
                    $"{issuer} answered {(int)answer.StatusCode} to {request.Method} {request.RequestUri?.AbsolutePath}.");
            }

            return answer.StatusCode == HttpStatusCode.NoContent ? null : await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(ct), default, ct);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            throw new SecretsException(GatewayFailure.Unclear, $"{issuer} did not answer {request.Method} {request.RequestUri?.AbsolutePath}.", e);
        }
    }
}
