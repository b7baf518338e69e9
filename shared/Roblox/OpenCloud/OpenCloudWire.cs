using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Roblox.OpenCloud;

/// <summary>Sends a request, reads the answer, and says in one place what an error of Roblox's means for us.</summary>
internal static class OpenCloudWire
{
    private const string KeyHeader = "x-api-key";

    /// <summary>Sends, and reads a JSON answer.</summary>
    /// <param name="http">Knows the base address.</param>
    /// <param name="key">The API key.</param>
    /// <param name="request">The request; it is disposed of.</param>
    /// <param name="changes">Whether it changes something: only then can its end be unclear.</param>
    /// <param name="read">Takes from the answer what is asked for; an answer that it can't read counts as none.</param>
    /// <param name="ct">The caller's own cancellation, which passes as it is.</param>
    public static async Task<Reply<T>> Send<T>(
        HttpClient http, string key, HttpRequestMessage request, bool changes, Func<JsonNode, T> read, CancellationToken ct)
    {
        var rate = RateReading.None;
        try
        {
            using (request)
            {
                request.Headers.TryAddWithoutValidation(KeyHeader, key);
                using var response = await http.SendAsync(request, ct);
                rate = Rate(response);
                var body = await response.Content.ReadAsStringAsync(ct);
                if (!response.IsSuccessStatusCode)
                {
                    throw Refused((int)response.StatusCode, body, changes, rate);
                }

                return new(read(JsonNode.Parse(body.Length == 0 ? "{}" : body)!), rate);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException or JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            ct.ThrowIfCancellationRequested();
            throw new RobloxException(changes ? GatewayFailure.Unclear : GatewayFailure.Transient, "Roblox gave no answer that can be read.", 0, null, rate, e);
        }
    }

    private static RobloxException Refused(int status, string body, bool changes, RateReading rate)
    {
        var (code, message) = Explain(body);
        var failure = status switch
        {
            // 401 is ours to mend (a key that was rolled), and a place that Studio holds open is let go: the same call works afterwards.
            401 or 408 or 409 or 425 or 429 => GatewayFailure.Transient,

            // 503 says that nothing was begun; of the other failures inside Roblox nobody knows how far they came.
            503 => GatewayFailure.Transient,
            >= 500 => changes ? GatewayFailure.Unclear : GatewayFailure.Transient,
            _ => GatewayFailure.Permanent,
        };
        return new(failure, $"Roblox answered {status} {code}: {message}".TrimEnd(':', ' '), status, code, rate with { Answered = status < 500 });
    }

    /// <summary>The code and message of an error. There are several families of bodies, and some failures answer text or HTML.</summary>
    private static (string? Code, string? Message) Explain(string body)
    {
        try
        {
            var node = JsonNode.Parse(body) as JsonObject;
            var error = node?["errors"] is JsonArray { Count: > 0 } errors ? errors[0] as JsonObject : node?["error"] as JsonObject ?? node;
            var code = error?["code"]?.ToString() ?? error?["error"]?.ToString();
            return (code, Short(error?["message"]?.ToString() ?? error?["title"]?.ToString()));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Short(string? message) => message is { Length: > 200 } ? message[..200] : message;

    private static RateReading Rate(HttpResponseMessage response) => new(
        Number(response.Headers, "x-ratelimit-limit"),
        Number(response.Headers, "x-ratelimit-remaining"),
        Number(response.Headers, "x-ratelimit-reset"),
        (int?)(response.Headers.RetryAfter?.Delta?.TotalSeconds),
        (int)response.StatusCode == 429);

    /// <summary>The first number of a header such as <c>1000, 1000;w=60</c>.</summary>
    private static int? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values)
        && int.TryParse(values.First().Split(',')[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
