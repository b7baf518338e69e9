using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>How a request to <see cref="InMemoryRoblox"/> goes wrong.</summary>
public enum RobloxFault
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>It is answered 503 and has no effect.</summary>
    Unavailable,

    /// <summary>It never arrives.</summary>
    RequestLost,

    /// <summary>It has its effect, and the answer is lost.</summary>
    AnswerLost,
}

/// <summary>The same Open Cloud in memory, under a clock of the caller's, for simulations: it answers as an <see cref="HttpMessageHandler"/>. For one thread.</summary>
public sealed class InMemoryRoblox(TimeProvider clock) : HttpMessageHandler
{
    private readonly InMemoryRobloxDocuments documents = new();

    /// <summary>Decides, before each request (method and path), how it goes wrong.</summary>
    public Func<string, Task<RobloxFault>> Faults { get; set; } = _ => Task.FromResult(RobloxFault.None);

    /// <summary>The time by the clock that was given.</summary>
    private DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Adds an experience.</summary>
    public Task AddAsync(RobloxExperience experience) => RobloxExperiences.AddAsync(documents, experience, Now);

    /// <summary>What players see of an experience, and what its owner has used.</summary>
    public async Task<JsonObject> ShowAsync(long universeId) =>
        await RobloxExperiences.ShowAsync(documents, universeId.Invariant(), Now) ?? throw new ArgumentException("There is no such universe.", nameof(universeId));

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var fault = await Faults($"{request.Method} {path}");
        if (fault == RobloxFault.RequestLost)
        {
            throw new HttpRequestException("The request was lost.");
        }

        var answer = fault == RobloxFault.Unavailable ? OpenCloudServer.Fault(path, 503) : await OpenCloudServer.HandleAsync(
            new OpenCloudRequest(
                request.Method.Method,
                path,
                QueryHelpers.ParseQuery(request.RequestUri.Query).ToDictionary(value => value.Key, value => value.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                request.Headers.TryGetValues("x-api-key", out var keys) ? keys.First() : "",
                request.Content?.Headers.ContentType?.ToString() ?? "",
                request.Content is null ? default : await request.Content.ReadAsByteArrayAsync(cancellationToken)),
            documents,
            Now);
        if (fault == RobloxFault.AnswerLost)
        {
            throw new HttpRequestException("The answer was lost.");
        }

        var response = new HttpResponseMessage((HttpStatusCode)answer.Status) { Content = new StringContent(answer.Body, Encoding.UTF8, answer.ContentType), RequestMessage = request };
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}
