using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Support;

/// <summary>Each refusal that a test is answered must stand in the application's own description of its API: status and code.</summary>
internal sealed class DescribedAnswers() : DelegatingHandler(new SocketsHttpHandler())
{
    private const string Route = "/api/v1/openapi.json";
    private JsonObject? paths;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
            await CheckAsync(request, (int)response.StatusCode, (string?)problem["code"], cancellationToken);
        }

        return response;
    }

    private async Task CheckAsync(HttpRequestMessage request, int status, string? code, CancellationToken cancellationToken)
    {
        paths ??= await DescribedAsync(request.RequestUri!, cancellationToken);
        var path = request.RequestUri!.AbsolutePath.Split('/');
        var found = paths.Where(one => Fits(one.Key.Split('/'), path)).OrderBy(one => one.Key.Count(c => c == '{')).FirstOrDefault();
        if (found.Value?[request.Method.Method.ToLowerInvariant()] is { } operation
            && !$"{operation["responses"]![$"{status}"]?["description"]}".Split(": ")[^1].Split(", ").Contains(code))
        {
            throw new InvalidOperationException($"{request.Method} {found.Key} is answered with {status} {code}, which the description of the API does not tell.");
        }
    }

    private async Task<JsonObject> DescribedAsync(Uri application, CancellationToken cancellationToken)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, new Uri(application, Route));
        using var answer = await base.SendAsync(ask, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!["paths"]!.AsObject();
    }

    private static bool Fits(string[] route, string[] path) =>
        route.Length == path.Length && route.Zip(path).All(part => part.First.StartsWith('{') || part.First == part.Second);
}
