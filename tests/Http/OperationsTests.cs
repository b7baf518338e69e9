using System.Net.Http.Json;
using System.Text.Json;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Http;

public sealed class OperationsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_process_says_that_it_is_there()
    {
        var application = await RunningApplication.SharedAsync();
        Assert.Equal("""{"status":"alive"}""", await application.Http.GetStringAsync("/api/health/live", Ct));
    }

    [Fact]
    public async Task It_is_ready_when_database_storage_bus_and_secrets_are()
    {
        var application = await RunningApplication.SharedAsync();
        var report = await application.Http.GetFromJsonAsync<JsonElement>("/api/health/ready", Ct);
        Assert.Equal("ready", report.GetProperty("status").GetString());
        Assert.Equal(["database", "storage", "bus", "secrets"], report.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.All(report.GetProperty("checks").EnumerateArray(), check =>
        {
            Assert.Equal("ok", check.GetProperty("status").GetString());
            Assert.InRange(check.GetProperty("latencyMs").GetInt64(), 0, 3000);
        });
    }

    [Fact]
    public async Task The_API_describes_itself()
    {
        var application = await RunningApplication.SharedAsync();
        using var answer = await application.Http.GetAsync("/api/v1/openapi.json", Ct);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var description = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("3.1.1", description.GetProperty("openapi").GetString());
        Assert.True(description.GetProperty("paths").TryGetProperty("/api/v1/openapi.json", out _));
    }
}
