using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>A request as it came, however it came.</summary>
internal sealed record OpenCloudRequest(
    string Method, string Path, IReadOnlyDictionary<string, string> Query, string Key, string ContentType, ReadOnlyMemory<byte> Body);

/// <summary>An answer, however it goes. Text other than JSON has a media type of its own.</summary>
internal sealed record OpenCloudAnswer(int Status, string Body, string ContentType = "application/json")
{
    public Dictionary<string, string> Headers { get; } = [];

    public static OpenCloudAnswer Json(JsonNode body, int status = 200) => new(status, body.ToJsonString());
}

/// <summary>
/// A refusal in the words of the API that refuses. Roblox has three families of errors: the gateway's, those of <c>/cloud/v2</c>,
/// and those of the older APIs.
/// </summary>
internal sealed class OpenCloudRefusal(int status, JsonObject body) : Exception($"Status {status}")
{
    private static readonly Dictionary<int, string> CloudCodes = new()
    {
        [400] = "INVALID_ARGUMENT",
        [403] = "PERMISSION_DENIED",
        [404] = "NOT_FOUND",
        [409] = "ABORTED",
        [429] = "RESOURCE_EXHAUSTED",
        [500] = "INTERNAL",
        [503] = "UNAVAILABLE",
    };

    public OpenCloudAnswer Answer { get; } = OpenCloudAnswer.Json(body, status);

    /// <summary>The gateway in front of all: the key is missing or bad, the path unknown.</summary>
    public static OpenCloudRefusal Gateway(int status, string message) =>
        new(status, new() { ["errors"] = new JsonArray(new JsonObject { ["code"] = 0, ["message"] = message }) });

    /// <summary>A refusal of the API that the path belongs to.</summary>
    public static OpenCloudRefusal Of(string path, int status, string message) => new(status, Body(path, status, message));

    private static JsonObject Body(string path, int status, string message) =>
        path.StartsWith("/cloud/v2/", StringComparison.Ordinal)
            ? new() { ["code"] = CloudCodes.GetValueOrDefault(status, "INTERNAL"), ["message"] = message }
        : path.StartsWith("/assets/", StringComparison.Ordinal) ? new() { ["code"] = status, ["message"] = message }
        : path.StartsWith("/server-management/", StringComparison.Ordinal)
            ? new() { ["type"] = "about:blank", ["title"] = message, ["status"] = status }
        : path.StartsWith("/place-version-history-api/", StringComparison.Ordinal)
            ? new() { ["code"] = status, ["error"] = message, ["message"] = message }
        : path.StartsWith("/asset-permissions-api/", StringComparison.Ordinal)
            ? new() { ["error"] = new JsonObject { ["code"] = "InvalidRequest", ["message"] = message } }
        : new() { ["error"] = CloudCodes.GetValueOrDefault(status, "INTERNAL"), ["message"] = message };
}

/// <summary>Reads the bodies that Open Cloud takes.</summary>
internal static class OpenCloudBodies
{
    /// <summary>A JSON object; anything else is refused.</summary>
    public static JsonObject Json(this OpenCloudRequest request)
    {
        try
        {
            return JsonNode.Parse(request.Body.Span) as JsonObject ?? throw OpenCloudRefusal.Of(request.Path, 400, "The body must be a JSON object.");
        }
        catch (JsonException)
        {
            throw OpenCloudRefusal.Of(request.Path, 400, "The body is not JSON.");
        }
    }

    /// <summary>The fields of a multipart form, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, (string ContentType, byte[] Content)>> FormAsync(this OpenCloudRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.MediaType != "multipart/form-data")
        {
            throw OpenCloudRefusal.Of(request.Path, 400, "The body must be multipart/form-data.");
        }

        var fields = new Dictionary<string, (string, byte[])>();
        var reader = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), new MemoryStream(request.Body.ToArray()));
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                using var content = new MemoryStream();
                await section.Body.CopyToAsync(content);
                fields[HeaderUtilities.RemoveQuotes(disposition.Name).ToString()] = (section.ContentType ?? "", content.ToArray());
            }
        }

        return fields;
    }

    /// <summary>A field of a form as a JSON object.</summary>
    public static JsonObject JsonField(this OpenCloudRequest request, IReadOnlyDictionary<string, (string ContentType, byte[] Content)> form, string name) =>
        form.TryGetValue(name, out var field)
            ? (request with { Body = field.Content }).Json()
            : throw OpenCloudRefusal.Of(request.Path, 400, $"The form has no field '{name}'.");

    public static string Utf8(byte[] content) => Encoding.UTF8.GetString(content);
}
