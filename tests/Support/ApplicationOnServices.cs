using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace ToolboxAI.Tests.Support;

/// <summary>An application of its own, with services that outlive it: tests may move its clock and kill it.</summary>
public class ApplicationOnServices : IAsyncLifetime
{
    private static readonly TimeSpan ServicesLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private TestProcess? services;

    /// <summary>The application.</summary>
    public RunningApplication Application { get; private set; } = null!;

    /// <summary>A client of the application; it survives restarts.</summary>
    public HttpClient Http => Application.Http;

    /// <summary>The services' data folder.</summary>
    protected string Data { get; } = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        services = TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--data", Data);
        var file = Path.Combine(Data, "services.json");
        await Until(() => Task.FromResult(File.Exists(file) || services.HasExited), ServicesLimit, () => services.Output);
        Application = await RunningApplication.StartAsync(attach: file);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Application is not null)
        {
            await Application.DisposeAsync();
        }

        if (services is not null)
        {
            await services.TerminateAsync();             // services of their own heed no pipe
            await services.ExitAsync(EndLimit);
            await services.DisposeAsync();
        }

        await RunningApplication.DeleteAsync(Data);
    }

    /// <summary>A call of the tenant's key; the answer must be a success.</summary>
    public async Task<JsonNode?> Call(
        HttpMethod method, string path, object? body = null, string key = "tbx_local_development_key", string? correlationId = null)
    {
        using var answer = await Send(method, path, body, key, correlationId);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>A call with any answer.</summary>
    public async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, object? body = null, string? key = "tbx_local_development_key", string? correlationId = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        if (correlationId is not null)
        {
            request.Headers.Add("X-Correlation-ID", correlationId);
        }

        return await Http.SendAsync(request);
    }

    /// <summary>Moves the clock.</summary>
    public Task Advance(string by) => Call(HttpMethod.Post, "/local/clock/advance", new { by });

    /// <summary>Waits until something holds.</summary>
    public static async Task Until(Func<Task<bool>> holds, TimeSpan limit, Func<string> otherwise)
    {
        var end = DateTimeOffset.UtcNow + limit;
        while (!await holds())
        {
            Assert.True(DateTimeOffset.UtcNow < end, otherwise());
            await Task.Delay(50);
        }
    }
}
