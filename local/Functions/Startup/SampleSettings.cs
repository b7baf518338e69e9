using System.Text.Json;
using System.Text.Json.Nodes;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions.Startup;

/// <summary>
/// What the sample settings say beside their <c>Values</c>: <c>Welcome</c>, the words for a newcomer, and <c>AfterStart</c>, the
/// requests to make once the application answers, at every start: <c>[{"method","path","headers"}]</c>.
/// </summary>
internal sealed class SampleSettings
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);
    private readonly JsonObject sample;

    private SampleSettings(JsonObject sample) => this.sample = sample;

    public static SampleSettings Read()
    {
        var path = Path.Combine(LocalFolders.Settings, LocalSettings.SampleName);
        return new(File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : []);
    }

    /// <summary>The first key, the first command.</summary>
    public string Welcome(string address) => string.Concat(
        (sample["Welcome"]?.AsObject() ?? []).Select(line => $"  {line.Key}\n    {$"{line.Value}".Replace("{address}", address)}\n"));

    /// <summary>Makes the requests, in their order. A failure is told in a line and ends nothing: the next start makes them again.</summary>
    public async Task MakeRequestsAsync(string address, CancellationToken stopping)
    {
        using var client = new HttpClient { BaseAddress = new Uri(address), Timeout = RequestLimit };
        foreach (var wanted in sample["AfterStart"]?.AsArray() ?? [])
        {
            var what = $"{wanted!["method"]} {wanted["path"]}";
            if (await FailureAsync(client, wanted, stopping).ConfigureAwait(false) is { } failure && !stopping.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"{what}, which {LocalSettings.SampleName} wants after a start, failed: {failure} Make it again by hand, or start again.")
                    .ConfigureAwait(false);
            }
        }
    }

    private static async Task<string?> FailureAsync(HttpClient client, JsonNode wanted, CancellationToken stopping)
    {
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod($"{wanted["method"]}"), $"{wanted["path"]}");
            foreach (var (name, value) in wanted["headers"]?.AsObject() ?? [])
            {
                request.Headers.Add(name, $"{value}");
            }

            using var answer = await client.SendAsync(request, stopping).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? null : await ReasonAsync(answer, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return e is OperationCanceledException ? $"no answer within {RequestLimit.TotalSeconds} s." : e.Message;
        }
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken stopping)
    {
        var body = await answer.Content.ReadAsStringAsync(stopping).ConfigureAwait(false);
        try
        {
            return $"{(int)answer.StatusCode} {JsonNode.Parse(body)?["detail"]}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return $"{(int)answer.StatusCode}.";
        }
    }
}
