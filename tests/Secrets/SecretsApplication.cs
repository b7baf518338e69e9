using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Stripe;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Telemetry;

namespace ToolboxAI.Tests.Secrets;

/// <summary>The tests that need such an application, one after the other.</summary>
[CollectionDefinition("secrets application")]
public sealed class SecretsApplicationCollection : ICollectionFixture<SecretsApplication>;

/// <summary>An application on services that outlive it, whose telemetry, answers and output are kept to be searched.</summary>
public sealed class SecretsApplication : IAsyncLifetime
{
    /// <summary>The operator's key.</summary>
    public const string Operator = "tbx_local_operator_key";

    /// <summary>A tenant's key.</summary>
    public const string Tenant = "tbx_local_development_key";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private readonly string data = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;
    private readonly List<string> earlier = [];
    private TestProcess services = null!;
    private RunningApplication application = null!;

    /// <summary>Where its telemetry goes.</summary>
    public OtlpReceiver Telemetry { get; private set; } = null!;

    /// <summary>Every answer so far, headers and body.</summary>
    public ConcurrentQueue<(string Path, string Answer)> Answers { get; } = [];

    /// <summary>All that the processes have written to their outputs.</summary>
    public string Output => string.Concat([.. earlier, application.Process.Output, services.Output]);

    /// <summary>The data folder of the services.</summary>
    public string Data => data;

    public async ValueTask InitializeAsync()
    {
        Telemetry = await OtlpReceiver.StartAsync();
        services = TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--data", data);
        var file = Path.Combine(data, "services.json");
        await Until(() => Task.FromResult(System.IO.File.Exists(file) || services.HasExited), () => services.Output);
        application = await RunningApplication.StartAsync(attach: file, settings: new Dictionary<string, string>
        {
            // A rotation takes a quarter of an hour, and a secret is old after twenty days.
            ["Secrets__RefreshAfter"] = "00:02:00",
            ["Secrets__FreshFor"] = "00:05:00",
            ["Secrets__Overlap"] = "00:10:00",
            ["Secrets__RotateAfter"] = "20.00:00:00",
            ["Secrets__RotateByItself"] = "true",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Telemetry.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (application is not null)
        {
            await application.DisposeAsync();
        }

        await services.TerminateAsync();
        await services.ExitAsync(EndLimit);
        await services.DisposeAsync();
        await Telemetry.DisposeAsync();
        await RunningApplication.DeleteAsync(data);
    }

    /// <summary>kill -9 and a new start on the same services.</summary>
    public async Task KillAndRestart()
    {
        await application.Process.KillAsync();
        earlier.Add(application.Process.Output);
        await application.RestartAsync();
    }

    /// <summary>A call of the operator, unless another key or a token is given; the answer is kept.</summary>
    public Task<(int Status, JsonNode? Body)> Send(HttpMethod method, string path, object? body = null, string key = Operator, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key.Count(c => c == '.') == 2)
        {
            request.Headers.Authorization = new("Bearer", key);
        }
        else
        {
            request.Headers.Add("X-Api-Key", key);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return Send(request);
    }

    /// <summary>An event of Stripe's, signed with a secret.</summary>
    public async Task<int> PostEvent(string id, string type, string secret)
    {
        var body = new JsonObject
        {
            ["id"] = id,
            ["api_version"] = StripeConfiguration.ApiVersion,
            ["type"] = type,
            ["livemode"] = false,
            ["created"] = 1,
            ["data"] = new JsonObject { ["object"] = new JsonObject { ["id"] = "in_none", ["object"] = "invoice", ["customer"] = "cus_none" } },
        }.ToJsonString();
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Stripe-Signature", EventUtility.GenerateSignatureHeader(body, secret));
        return (await Send(request)).Status;
    }

    private async Task<(int Status, JsonNode? Body)> Send(HttpRequestMessage sent)
    {
        using var request = sent;
        using var answer = await application.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Answers.Enqueue(new(request.RequestUri!.OriginalString, $"{answer.Headers}{answer.Content.Headers}{text}"));
        return ((int)answer.StatusCode, text.Length > 0 && text[0] is '{' or '[' ? JsonNode.Parse(text) : null);
    }

    /// <summary>Moves the clock.</summary>
    public async Task Advance(string by)
    {
        var (status, body) = await Send(HttpMethod.Post, "/local/clock/advance", new { by });
        Assert.True(status == 200, $"{status} {body}");
    }

    /// <summary>What the clock says.</summary>
    public async Task<DateTimeOffset> Now() => (await Send(HttpMethod.Get, "/local/clock")).Body!["now"]!.GetValue<DateTimeOffset>();

    /// <summary>A secret as the API shows it.</summary>
    public async Task<JsonNode> Secret(string name) => (await Send(HttpMethod.Get, $"/api/v1/admin/secrets/{name}")).Body!;

    /// <summary>Starts a rotation; the new value goes with it where an operator brings it.</summary>
    public async Task<int> Rotate(string name, object? body = null) => (await Send(HttpMethod.Post, $"/api/v1/admin/secrets/{name}/rotation", body ?? new { })).Status;

    /// <summary>Waits until a rotation stands at a stage; null for its end.</summary>
    public Task Reaches(string name, string? stage) => Until(
        async () => (string?)(await Secret(name))["rotation"] == stage, () => $"The rotation of {name} does not reach {stage ?? "its end"}. The application said:\n{Output}");

    /// <summary>Values of a secret that the vault holds, the newest first.</summary>
    public Task<List<string>> Values(string name) =>
        Query($"SELECT body->>'Value' FROM simulators.keyvault_versions WHERE name = '{name}' ORDER BY number DESC");

    /// <summary>Rows of the services' database, as its administrator reads them.</summary>
    public async Task<List<string>> Query(string sql)
    {
        var settings = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(data, "services.json")))!["Values"]!;
        var passwords = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(data, "passwords.json")))!;
        var login = new NpgsqlConnectionStringBuilder((string)settings["DatabaseConnection"]!) { Username = "postgres", Password = (string)passwords["postgres"]!, Pooling = false };
        await using var connection = new NpgsqlConnection(login.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    /// <summary>Waits until something holds, as long as a step of a rotation may take.</summary>
    public static Task Until(Func<Task<bool>> holds, Func<string> otherwise) => ApplicationOnServices.Until(holds, Limit, otherwise);
}
