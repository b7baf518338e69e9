using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Stripe;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Billing;

/// <summary>An application of its own, with services that outlive it: the tests move its clock and kill it.</summary>
public sealed class BillingApplication : IAsyncLifetime
{
    private static readonly TimeSpan ServicesLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private readonly string data = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;
    private TestProcess services = null!;

    /// <summary>The application.</summary>
    public RunningApplication Application { get; private set; } = null!;

    public HttpClient Http => Application.Http;

    public async ValueTask InitializeAsync()
    {
        services = TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--data", data);
        var file = Path.Combine(data, "services.json");
        await Until(() => Task.FromResult(System.IO.File.Exists(file) || services.HasExited), ServicesLimit, () => services.Output);
        Application = await RunningApplication.StartAsync(attach: file);
    }

    public async ValueTask DisposeAsync()
    {
        if (Application is not null)
        {
            await Application.DisposeAsync();
        }

        await services.TerminateAsync();                 // services of their own heed no pipe
        await services.ExitAsync(EndLimit);
        await services.DisposeAsync();
        await RunningApplication.DeleteAsync(data);
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

    /// <summary>Posts a body to Stripe's webhook, signed.</summary>
    public async Task<int> PostEvent(string body, string? signature = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Stripe-Signature", signature ?? EventUtility.GenerateSignatureHeader(body, "whsec_local"));
        using var answer = await Http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    /// <summary>What the simulated Stripe lists at a path.</summary>
    public async Task<JsonArray> Stripe(string path)
    {
        var address = (await Application.ServicesAsync()).Single(service => service.Name == "stripe").Address!;
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "sk_test_local");
        return JsonNode.Parse(await http.GetStringAsync(path))!["data"]!.AsArray();
    }

    public Task Advance(string by) => Call(HttpMethod.Post, "/local/clock/advance", new { by });

    /// <summary>A number that the application's login reads in the control plane.</summary>
    public async Task<long> Count(string sql)
    {
        var settings = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(data, "services.json")))!["Values"]!;
        await using var database = NpgsqlDataSource.Create(settings["DatabaseConnection"]!.GetValue<string>());
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

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

/// <summary>The tests that need an application of their own, one after the other.</summary>
[CollectionDefinition("billing application", DisableParallelization = true)]
public sealed class BillingApplicationCollection : ICollectionFixture<BillingApplication>;
