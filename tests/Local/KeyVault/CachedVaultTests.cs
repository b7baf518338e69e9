using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.Simulators;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.KeyVault;

/// <summary>The application's cache over the real client and the simulator.</summary>
public sealed class CachedVaultTests : IClassFixture<SimulatedVault>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly string name = $"Cached-{Guid.NewGuid():N}";
    private readonly TestClock clock = new(DateTimeOffset.UtcNow);
    private readonly SecretsOptions options = new();
    private readonly SimulatedVault vault;
    private readonly SecretReader reader;

    public CachedVaultTests(SimulatedVault vault)
    {
        this.vault = vault;
        reader = new(vault.Gateway, clock, Options.Create(options), NullLogger<SecretReader>.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_version_is_fetched_ahead_while_the_old_reading_still_serves()
    {
        await Add("one");
        Assert.Equal("one", await Current());
        await Add("two");
        Assert.Equal("one", await Current());
        clock.Advance(options.RefreshAfter);
        Assert.Equal("one", await Current());
        await UntilItIs("two");
    }

    [Fact]
    public async Task An_expired_version_is_given_by_the_vault_and_not_by_us()
    {
        var ends = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds());
        var version = await vault.Gateway.Add(name, new(new("short-lived"), "a") { ExpiresAt = ends }, Ct);
        Assert.Equal("short-lived", await Current());

        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("short-lived", (await vault.Client().GetSecretAsync(name, version.Version, cancellationToken: Ct)).Value.Value);
        var refused = await Assert.ThrowsAsync<SecretsException>(Current);
        Assert.Equal($"The secret {name} has no version that is enabled and not expired.", refused.Message);
        reader.Forget(name);
        await Assert.ThrowsAsync<SecretsException>(Current);
    }

    [Fact]
    public async Task While_the_vault_throttles_a_reading_serves_on_and_is_renewed_afterwards()
    {
        await Add("one");
        Assert.Equal("one", await Current());
        await Add("two");
        await vault.FaultAsync(new("keyvault", $"GET /secrets/{name}/versions", FaultKinds.Status, 429, 4), Ct);   // more than the client asks again
        clock.Advance(options.FreshFor);
        Assert.Equal("one", await Current());
        await UntilItIs("two");
    }

    private async Task UntilItIs(string value)
    {
        using var patience = new CancellationTokenSource(Limit);
        while (await Current() != value)
        {
            await Task.Delay(20, patience.Token);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private async Task<string> Current() => (await reader.Current(name, Ct)).Value.Reveal();

    private Task Add(string value) => vault.Gateway.Add(name, new(new(value), value), Ct);
}
