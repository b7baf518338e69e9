using System.Diagnostics;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Tests.Secrets;

/// <summary>The running application, with the client and the identity that it has on Azure, while the vault throttles or is away.</summary>
[Collection("secrets application")]
public sealed class VaultTroubleTests(SecretsApplication application)
{
    private const string Path = $"/api/v1/admin/secrets/{SecretNames.TokenSigningKey}";

    [Fact]
    public async Task A_throttled_call_waits_as_the_vault_asks_and_is_made_again()
    {
        await Fault(429, times: 3);
        var since = Stopwatch.GetTimestamp();
        Assert.Equal(200, (await application.Send(HttpMethod.Get, Path)).Status);
        Assert.True(Stopwatch.GetElapsedTime(since) > TimeSpan.FromMilliseconds(900), "Retry-After: 1 was not waited for");
    }

    [Fact]
    public async Task While_the_vault_is_away_what_was_read_serves_on()
    {
        Assert.Equal(201, (await application.Send(HttpMethod.Post, "/api/v1/tokens", key: SecretsApplication.Tenant)).Status);
        await Fault(503, times: 1_000);
        try
        {
            await application.Advance("PT6M");
            Assert.Equal(201, (await application.Send(HttpMethod.Post, "/api/v1/tokens", key: SecretsApplication.Tenant)).Status);
        }
        finally
        {
            await application.Send(HttpMethod.Delete, "/local/faults");
        }
    }

    private Task Fault(int value, int times) =>
        application.Send(HttpMethod.Post, "/local/faults", new { service = "keyvault", request = $"GET /secrets/{SecretNames.TokenSigningKey}/versions", fault = "status", value, times });
}
