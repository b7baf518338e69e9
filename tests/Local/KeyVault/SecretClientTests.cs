using System.Diagnostics;
using Azure;
using Azure.Security.KeyVault.Secrets;
using ToolboxAI.Local.Simulators;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Local.KeyVault;

/// <summary>The product's gateway, over the real client, holds the stores' contract.</summary>
public sealed class SecretsInTheVault(SimulatedVault vault) : SecretsContract, IClassFixture<SimulatedVault>
{
    protected override ISecrets Secrets => vault.Gateway;
}

/// <summary>The real client of Key Vault against the simulator.</summary>
public sealed class SecretClientTests(SimulatedVault vault) : IClassFixture<SimulatedVault>
{
    private readonly string name = $"Test-{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Seeds_are_made_once()
    {
        Assert.Equal("at the first start", (await vault.Client().GetSecretAsync("seeded", cancellationToken: Ct)).Value.Value);
    }

    [Fact]
    public async Task Versions_come_in_pages_names_know_no_case_and_no_list_has_a_value()
    {
        var client = vault.Client();
        for (var i = 0; i < 30; i++)
        {
            await client.SetSecretAsync(name, $"{i}", Ct);
        }

        var versions = new List<SecretProperties>();
        await foreach (var page in client.GetPropertiesOfSecretVersionsAsync(name.ToUpperInvariant(), Ct).AsPages(pageSizeHint: 10))
        {
            Assert.DoesNotContain("\"value\":\"", page.GetRawResponse().Content.ToString());
            Assert.True(page.Values.Count <= 25);
            versions.AddRange(page.Values);
        }

        Assert.Equal(30, versions.Select(version => version.Version).Distinct().Count());
        Assert.Equal("29", (await client.GetSecretAsync(name, cancellationToken: Ct)).Value.Value);
        Assert.Equal("0", (await client.GetSecretAsync(name, versions[^1].Version, cancellationToken: Ct)).Value.Value);
    }

    [Fact]
    public async Task Attributes_and_tags_change_and_a_value_never_does()
    {
        var client = vault.Client();
        var secret = (await client.SetSecretAsync(name, "one", Ct)).Value;
        secret.Properties.ExpiresOn = DateTimeOffset.FromUnixTimeSeconds(4_000_000_000);
        secret.Properties.Tags["a"] = "b";
        secret.Properties.ContentType = "text/plain";
        await client.UpdateSecretPropertiesAsync(secret.Properties, Ct);

        var read = (await client.GetSecretAsync(name, cancellationToken: Ct)).Value;
        Assert.Equal(("one", secret.Properties.ExpiresOn, "b", "text/plain"), (read.Value, read.Properties.ExpiresOn, read.Properties.Tags["a"], read.Properties.ContentType));
        Assert.Equal((7, "CustomizedRecoverable+Purgeable"), (read.Properties.RecoverableDays, read.Properties.RecoveryLevel));
    }

    [Fact]
    public async Task A_newest_version_that_is_disabled_refuses_a_reading_and_an_expired_one_does_not()
    {
        var client = vault.Client();
        var secret = new KeyVaultSecret(name, "one");
        secret.Properties.ExpiresOn = DateTimeOffset.UnixEpoch.AddDays(1);
        Assert.Equal("one", (await client.SetSecretAsync(secret, Ct)).Value.Value);
        Assert.Equal("one", (await client.GetSecretAsync(name, cancellationToken: Ct)).Value.Value);

        var second = (await client.SetSecretAsync(name, "two", Ct)).Value.Properties;
        second.Enabled = false;
        await client.UpdateSecretPropertiesAsync(second, Ct);
        var e = await Assert.ThrowsAsync<RequestFailedException>(() => client.GetSecretAsync(name, cancellationToken: Ct));
        Assert.Equal((403, "Forbidden"), (e.Status, e.ErrorCode));
        Assert.Contains("SecretDisabled", e.Message);
    }

    [Fact]
    public async Task A_deleted_secret_holds_its_name_until_it_is_recovered_or_purged()
    {
        var client = vault.Client();
        await client.SetSecretAsync(name, "one", Ct);
        await (await client.StartDeleteSecretAsync(name, Ct)).WaitForCompletionAsync(TimeSpan.FromMilliseconds(10), Ct);
        Assert.Equal(404, (await Refused(() => client.GetSecretAsync(name, cancellationToken: Ct))).Status);
        Assert.Equal(409, (await Refused(() => client.SetSecretAsync(name, "two", Ct))).Status);
        Assert.Contains(await client.GetDeletedSecretsAsync(Ct).ToListAsync(Ct), deleted => deleted.Name == name);

        await (await client.StartRecoverDeletedSecretAsync(name, Ct)).WaitForCompletionAsync(TimeSpan.FromMilliseconds(10), Ct);
        Assert.Equal("one", (await client.GetSecretAsync(name, cancellationToken: Ct)).Value.Value);

        await (await client.StartDeleteSecretAsync(name, Ct)).WaitForCompletionAsync(TimeSpan.FromMilliseconds(10), Ct);
        await client.PurgeDeletedSecretAsync(name, Ct);
        await client.SetSecretAsync(name, "two", Ct);
        Assert.Single(await client.GetPropertiesOfSecretVersionsAsync(name, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_deleted_secret_is_purged_by_itself_when_its_days_are_over()
    {
        var client = vault.Client();
        await client.SetSecretAsync(name, "one", Ct);
        await client.StartDeleteSecretAsync(name, Ct);
        await vault.AdvanceAsync(TimeSpan.FromDays(8), Ct);
        Assert.Equal(404, (await Refused(() => client.GetDeletedSecretAsync(name, Ct))).Status);
    }

    [Fact]
    public async Task A_backup_brings_all_versions_back()
    {
        var client = vault.Client();
        await client.SetSecretAsync(name, "one", Ct);
        await client.SetSecretAsync(name, "two", Ct);
        var backup = (await client.BackupSecretAsync(name, Ct)).Value;
        Assert.Equal(409, (await Refused(() => client.RestoreSecretBackupAsync(backup, Ct))).Status);
        await client.StartDeleteSecretAsync(name, Ct);
        await client.PurgeDeletedSecretAsync(name, Ct);

        Assert.Equal(name, (await client.RestoreSecretBackupAsync(backup, Ct)).Value.Name);
        Assert.Equal("two", (await client.GetSecretAsync(name, cancellationToken: Ct)).Value.Value);
        Assert.Equal(2, (await client.GetPropertiesOfSecretVersionsAsync(name, Ct).ToListAsync(Ct)).Count);
    }

    [Fact]
    public async Task A_throttled_reading_is_repeated_after_the_time_that_the_vault_asks_for()
    {
        await vault.Client().SetSecretAsync(name, "one", Ct);
        await vault.FaultAsync(new("keyvault", $"GET /secrets/{name}", FaultKinds.Status, 429, 1), Ct);
        var since = Stopwatch.GetTimestamp();
        Assert.Equal("one", (await vault.Client().GetSecretAsync(name, cancellationToken: Ct)).Value.Value);
        Assert.True(Stopwatch.GetElapsedTime(since) > TimeSpan.FromMilliseconds(900), "Retry-After: 1 was not waited for");
    }

    [Fact]
    public async Task A_writing_is_not_repeated_by_the_client_and_repeated_by_its_operation_makes_one_version()
    {
        var gateway = vault.Gateway;
        await vault.FaultAsync(new("keyvault", $"PUT /secrets/{name}", FaultKinds.LostAnswer, null, 1), Ct);
        var secret = new NewSecret(new("one"), "rot_1");
        var e = await Assert.ThrowsAsync<SecretsException>(() => gateway.Add(name, secret, Ct));
        Assert.Equal(GatewayFailure.Unclear, e.Failure);

        await gateway.Add(name, secret, Ct);
        Assert.Single(await gateway.Versions(name, Ct));
    }

    private static Task<RequestFailedException> Refused(Func<Task> call) => Assert.ThrowsAsync<RequestFailedException>(call);
}
