using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Http;

/// <summary>Reads request bodies, and refuses those that can't be read with a problem that says where.</summary>
public static class RequestBodies
{
    /// <summary>Reads a JSON body. Not JSON: 415; malformed, incomplete, with unknown fields or unusable text: 400; too large: 413.</summary>
    public static Task<T> ReadBody<T>(this HttpRequest request, CancellationToken ct) where T : class
    {
        var limits = request.HttpContext.RequestServices.GetRequiredService<IOptions<RequestLimits>>().Value;
        return request.ReadBody<T>(limits.JsonBodyBytes, limits.TextLength, ct);
    }

    /// <summary>The same for a call that takes more than others: at most so many bytes, and characters in one text.</summary>
    public static async Task<T> ReadBody<T>(this HttpRequest request, int mostBytes, int mostText, CancellationToken ct) where T : class
    {
        if (!request.HasJsonContentType())
        {
            throw new RequestRefusedException(new NotJson());
        }

        var body = await request.ReadRawBody(mostBytes, ct);
        if (JsonText.FindUnusable(body, mostText) is { } refusal)
        {
            throw new RequestRefusedException(refusal);
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body, ApiJson.Requests)
                ?? throw new RequestRefusedException(new MalformedBody("The body must be a JSON object, not null."));
        }
        catch (JsonException e)
        {
            throw new RequestRefusedException(new MalformedBody(Explain<T>(e)));
        }
    }

    /// <summary>Reads a body as it came, for webhooks whose signature covers the bytes. Over the limit: 413.</summary>
    public static async Task<byte[]> ReadRawBody(this HttpRequest request, int limit, CancellationToken ct)
    {
        if (request.ContentLength > limit)
        {
            throw new RequestRefusedException(new BodyTooLarge(limit));
        }

        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, ct)) > 0)
        {
            if (body.Length + read > limit)
            {
                throw new RequestRefusedException(new BodyTooLarge(limit));
            }

            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>Where it stands and what was expected there, without the names of our types.</summary>
    private static string Explain<T>(JsonException e)
    {
        var where = e.Path is { Length: > 0 } path ? $" at {path}" : "";
        var what = e.Message switch
        {
            var m when m.Contains("could not be mapped", StringComparison.Ordinal) => "Unknown field",
            var m when m.Contains("missing required", StringComparison.Ordinal) => $"Missing fields (of {string.Join(", ", FieldsOf<T>())})",
            var m when m.Contains("Duplicate", StringComparison.Ordinal) => "A field stands twice",
            _ when e.InnerException is null or InvalidOperationException or FormatException or ArgumentException => "Wrong type or value",
            _ => "Malformed JSON",
        };
        return $"{what}{where}, line {e.LineNumber + 1 ?? 1}, byte {e.BytePositionInLine + 1 ?? 1}.";
    }

    private static IEnumerable<string> FieldsOf<T>() =>
        typeof(T).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
}
