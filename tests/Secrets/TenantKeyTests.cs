using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Secrets;

/// <summary>Tenants' Open Cloud keys in the vault.</summary>
public sealed class TenantKeyTests
{
    private readonly InMemorySecrets vault = new(new TestClock());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_found_under_its_tenant_s_name_and_the_newest_version_counts()
    {
        await vault.Add("roblox-4-demo-open-cloud", new(new("one"), "a"), Ct);
        await vault.Add("roblox-4-demo-open-cloud", new(new("two"), "b"), Ct);
        Assert.Equal("two", await Keys().Find(new("demo"), "open-cloud", Ct));
        Assert.Null(await Keys().Find(new("demo"), "another", Ct));
        Assert.Null(await Keys().Find(new("other"), "open-cloud", Ct));
    }

    [Fact]
    public void No_two_tenants_share_a_name_and_each_is_one_that_the_option_takes()
    {
        var names = new[] { ("school", "b-c"), ("school_b", "c"), ("school_b_c", "c") }.Select(pair => RobloxKeys.NameOf(new(pair.Item1), pair.Item2)).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, name => Assert.NotNull(SecretCatalogue.OfTenant(name)));
        Assert.Null(SecretCatalogue.OfTenant("roblox-demo"));
    }

    [Fact]
    public async Task A_vault_that_is_away_is_no_tenant_without_a_key()
    {
        vault.Away = true;
        await Assert.ThrowsAsync<SecretsException>(() => Keys().Find(new("demo"), "open-cloud", Ct));
    }

    private RobloxKeys Keys() => new(vault.NewReader(), vault);
}
