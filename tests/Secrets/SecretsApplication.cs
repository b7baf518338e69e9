using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Telemetry;

namespace ToolboxAI.Tests.Secrets;

/// <summary>An application on services that outlive it, whose telemetry, answers and output are kept to be searched.</summary>
public sealed class SecretsApplication : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private readonly string data = Directory.CreateTempSubdirectory("toolboxai-test-").FullName;
    private readonly List<string> earlier = [];
    private TestProcess services = null!;
    private RunningApplication application = null!;

    /// <summary>Where its telemetry goes.</summary>
    public OtlpReceiver Telemetry { get; private set; } = null!;

    /// <summary>Every answer so far, headers and body.</summary>
    public ConcurrentQueue<string> Answers { get; } = [];

    /// <summary>All that the processes have written to their outputs.</summary>
    public string Output => string.Concat([.. earlier, application.Process.Output, services.Output]);

    /// <summary>The data folder of the services.</summary>
    public string Data => data;

    public async ValueTask InitializeAsync()
    {
        Telemetry = await OtlpReceiver.StartAsync();
        services = TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--data", data);
        var file = Path.Combine(data, "services.json");
        await Until(() => Task.FromResult(File.Exists(file) || services.HasExited), () => services.Output);
        application = await RunningApplication.StartAsync(attach: file, settings: new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Telemetry.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
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

    /// <summary>A call of the operator, unless another key is given; the answer is kept.</summary>
    public async Task<(int Status, JsonNode? Body)> Send(HttpMethod method, string path, object? body = null, string key = "tbx_local_operator_key", string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Api-Key", key);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var answer = await application.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Answers.Enqueue($"{answer.Headers}{answer.Content.Headers}{text}");
        return ((int)answer.StatusCode, text.Length > 0 && text[0] is '{' or '[' ? JsonNode.Parse(text) : null);
    }

    /// <summary>Moves the clock.</summary>
    public async Task Advance(string by)
    {
        var (status, body) = await Send(HttpMethod.Post, "/local/clock/advance", new { by });
        Assert.True(status == 200, $"{status} {body}");
    }

    /// <summary>A secret as the API shows it.</summary>
    public async Task<JsonNode> Secret(string name) => (await Send(HttpMethod.Get, $"/api/v1/admin/secrets/{name}")).Body!;

    /// <summary>Rows of the services' database, as its administrator reads them.</summary>
    public async Task<List<string>> Query(string sql)
    {
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(data, "services.json")))!["Values"]!;
        var passwords = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(data, "passwords.json")))!;
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

    /// <summary>Waits until something holds.</summary>
    public static async Task Until(Func<Task<bool>> holds, Func<string> otherwise)
    {
        var end = DateTimeOffset.UtcNow + Limit;
        while (!await holds())
        {
            Assert.True(DateTimeOffset.UtcNow < end, otherwise());
            await Task.Delay(50);
        }
    }
}
