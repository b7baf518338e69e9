using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;

/// <summary>A <see cref="DurableHttpRequest"/> as the host reads it from the activity's input.</summary>
internal sealed record HttpCall
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    [JsonConverter(typeof(HttpMethodConverter))]
    public required HttpMethod Method { get; init; }

    public required Uri Uri { get; init; }

    [JsonConverter(typeof(HttpHeadersConverter))]
    public IDictionary<string, StringValues>? Headers { get; init; }

    public string? Content { get; init; }

    [JsonConverter(typeof(TokenSourceConverter))]
    public TokenSource? TokenSource { get; init; }

    public TimeSpan? Timeout { get; init; }

    public static HttpCall Read(string? input) =>
        JsonSerializer.Deserialize<HttpCall>(input ?? "null", Json) ?? throw new ArgumentException("The HTTP call has no request.");
}
