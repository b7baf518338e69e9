using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using ToolboxAI.Shared.Deployments.Content;

namespace ToolboxAI.Tools;

/// <summary>The platform's API, as the commands need it. A problem becomes a <see cref="ToolboxException"/> in its own words.</summary>
public sealed class ToolboxApi : IDisposable
{
    private const int ChunkBytes = ContentHash.ChunkBytes;
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(2);
    private readonly HttpClient http;

    /// <summary>Connects to a server with an API key.</summary>
    public ToolboxApi(string server, string key)
    {
        http = new() { BaseAddress = new(server.TrimEnd('/') + "/"), Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Calls with a JSON body.</summary>
    public Task<JsonNode> Post(string path, JsonNode? body, CancellationToken ct) =>
        Send(new(HttpMethod.Post, path) { Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") }, ct);

    /// <summary>Reads.</summary>
    public Task<JsonNode> Get(string path, CancellationToken ct) => Send(new(HttpMethod.Get, path), ct);

    /// <summary>Sends a file as it is.</summary>
    public Task<JsonNode> PostFile(string path, byte[] content, CancellationToken ct)
    {
        var bytes = new ByteArrayContent(content) { Headers = { ContentType = new("application/octet-stream") } };
        return Send(new(HttpMethod.Post, path) { Content = bytes }, ct);
    }

    /// <summary>Uploads content in chunks; those that came before a break are not sent again, and content that is there is not sent at all.</summary>
    public async Task Upload(string sha256, byte[] content, Action<double> progress, CancellationToken ct)
    {
        var path = $"api/v1/deployment-contents/{sha256}";
        var known = await Get(path, ct);
        if (known["complete"]!.GetValue<bool>())
        {
            progress(1);
            return;
        }

        var there = known["chunks"]!.AsArray().Select(number => number!.GetValue<int>()).ToHashSet();
        var count = Math.Max(1, (content.Length + ChunkBytes - 1) / ChunkBytes);
        for (var number = 0; number < count; number++)
        {
            if (!there.Contains(number))
            {
                var chunk = content.AsMemory(number * ChunkBytes, Math.Min(ChunkBytes, content.Length - (number * ChunkBytes)));
                using var body = new ReadOnlyMemoryContent(chunk) { Headers = { ContentType = new("application/octet-stream") } };
                body.Headers.TryAddWithoutValidation("X-Chunk-SHA256", ContentHash.Of(chunk.Span));
                await Send(new(HttpMethod.Put, $"{path}/chunks/{number}") { Content = body }, ct);
            }

            progress((number + 1.0) / count);
        }

        await Post(path, new JsonObject { ["chunks"] = count }, ct);
    }

    /// <summary>A deployment's states as they come, until it has ended; a broken connection is taken up again.</summary>
    public async IAsyncEnumerable<JsonNode> Follow(string id, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = "";
        while (true)
        {
            await foreach (var (eventId, body) in Events(id, last, ct))
            {
                last = eventId;
                yield return body;
                if (Outcome.HasEnded(body))
                {
                    yield break;
                }
            }

            await Task.Delay(ReconnectAfter, ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async IAsyncEnumerable<(string Id, JsonNode Body)> Events(string id, string last, [EnumeratorCancellation] CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/deployments/{id}/events");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", last.Length == 0 ? null : last);
        using var response = await Connect(request, ct);
        if (response is null)
        {
            yield break;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var events = SseParser.Create(stream).EnumerateAsync(ct).GetAsyncEnumerator(ct);
        await using (events)
        {
            while (await Moves(events))
            {
                yield return (events.Current.EventId ?? last, JsonNode.Parse(events.Current.Data)!);
            }
        }
    }

    private async Task<HttpResponseMessage?> Connect(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return response.IsSuccessStatusCode ? response : throw await Refused(response, ct);
        }
        catch (HttpRequestException)
        {
            return null;                        // the server is away for a moment: the caller comes again
        }
    }

    private static async Task<bool> Moves(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private async Task<JsonNode> Send(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using (request)
            {
                using var response = await http.SendAsync(request, ct);
                if (!response.IsSuccessStatusCode)
                {
                    throw await Refused(response, ct);
                }

                var text = await response.Content.ReadAsStringAsync(ct);
                return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
            }
        }
        catch (HttpRequestException e)
        {
            throw new ToolboxException(ExitCodes.Failed, $"The server at {http.BaseAddress} does not answer: {e.Message}");
        }
    }

    private static async Task<ToolboxException> Refused(HttpResponseMessage response, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        var problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? JsonNode.Parse(text) : null;
        var usage = (int)response.StatusCode is 400 or 401 or 403 or 404 or 422;
        return new(usage ? ExitCodes.Usage : ExitCodes.Failed, problem is null
            ? $"The server answered {(int)response.StatusCode}."
            : $"{problem["detail"]} ({problem["code"]}, correlation id {problem["correlationId"]})");
    }
}
