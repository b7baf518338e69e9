using System.Net;
using System.Net.Http.Headers;
using Newtonsoft.Json;

namespace SendGrid;

/// <summary>An answer of the API.</summary>
public class Response
{
    public Response(HttpStatusCode statusCode, HttpContent responseBody, HttpResponseHeaders responseHeaders)
    {
        StatusCode = statusCode;
        Body = responseBody;
        Headers = responseHeaders;
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode StatusCode { get; set; }

    /// <summary>Whether the status is a 2xx.</summary>
    public bool IsSuccessStatusCode => (int)StatusCode is >= 200 and <= 299;

    /// <summary>The body, not read yet.</summary>
    public HttpContent Body { get; set; }

    /// <summary>The headers; an accepted mail's carry <c>X-Message-Id</c>.</summary>
    public HttpResponseHeaders Headers { get; set; }

    /// <summary>Reads a JSON object.</summary>
    public virtual async Task<Dictionary<string, dynamic>> DeserializeResponseBodyAsync(HttpContent? content = null)
    {
        var text = await (content ?? Body).ReadAsStringAsync().ConfigureAwait(false);
        return JsonConvert.DeserializeObject<Dictionary<string, dynamic>>(text) ?? [];
    }

    /// <summary>The headers' first values.</summary>
    public virtual Dictionary<string, string> DeserializeResponseHeaders(HttpResponseHeaders? headers = null) =>
        (headers ?? Headers).ToDictionary(header => header.Key, header => header.Value.First());
}

/// <summary>The two media types of a mail's contents.</summary>
public class MimeType
{
    public static readonly string Html = "text/html";
    public static readonly string Text = "text/plain";
}
