using System.Security.Cryptography;
using System.Text;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;
using ToolboxAI.Shared.Secrets.Sealing;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Secrets;

public sealed class SealingInMemory : SealingContract
{
    protected override IUnitOfWorkFactory Units { get; } = new InMemoryDatabase();

    protected override IDataKeyStore Store { get; } = new InMemoryDataKeyStore();
}

public sealed class SealingOnPostgres : SealingContract
{
    private ProductDatabase database = null!;

    protected override IUnitOfWorkFactory Units => database.Units;

    protected override IDataKeyStore Store { get; } = new PostgresDataKeyStore();

    public override async ValueTask InitializeAsync()
    {
        database = await ProductDatabase.CreateAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary>Data encrypted under keys that another key wraps, and that one replaced.</summary>
public abstract class SealingContract : IAsyncLifetime
{
    private static readonly byte[] Plain = Encoding.UTF8.GetBytes("what nobody should read");
    private readonly TestClock clock = new();
    private readonly InMemorySecrets vault;

    protected SealingContract() => vault = new(clock);

    protected abstract IUnitOfWorkFactory Units { get; }

    protected abstract IDataKeyStore Store { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync() => await vault.Add(SecretNames.DataWrappingKey, new(TokenKey(), "first"), Ct);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_is_sealed_is_opened_at_its_place_only_and_by_any_instance()
    {
        var content = await Sealer().Seal(Plain, "row 1", Ct);
        Assert.Equal(-1, content.AsSpan().IndexOf(Plain));
        Assert.Equal(Plain, await Sealer().Open(content, "row 1", Ct));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Sealer().Open(content, "row 2", Ct));
        content[^1] ^= 1;
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Sealer().Open(content, "row 1", Ct));
    }

    [Fact]
    public async Task What_was_never_sealed_is_given_as_it_is()
    {
        Assert.Equal(Plain, await Sealer().Open(Plain, "row", Ct));
        Assert.Empty(await Sealer().Seal([], "row", Ct));
    }

    [Fact]
    public async Task A_new_data_key_is_taken_every_month_and_old_ones_still_open()
    {
        var sealer = Sealer();
        var old = await sealer.Seal(Plain, "row", Ct);
        clock.Advance(TimeSpan.FromDays(31));
        var young = await sealer.Seal(Plain, "row", Ct);
        Assert.NotEqual(old[..40], young[..40]);
        Assert.Equal(Plain, await Sealer().Open(old, "row", Ct));
        Assert.Equal(Plain, await Sealer().Open(young, "row", Ct));
    }

    [Fact]
    public async Task With_the_wrapping_key_replaced_and_its_old_version_gone_everything_still_opens()
    {
        var content = await Sealer().Seal(Plain, "row", Ct);
        var reader = vault.NewReader();
        var first = await reader.Current(SecretNames.DataWrappingKey, Ct);
        var second = new Secret(await vault.Add(SecretNames.DataWrappingKey, new(TokenKey(), "second"), Ct), null!);
        second = second with { Value = (await vault.Read(SecretNames.DataWrappingKey, second.Version.Version, Ct))! };
        var source = new WrappingKeySource(Keys(reader), reader);
        await source.Verify(second, Ct);

        await source.Revoke(first, second, Ct);
        await source.Revoke(first, second, Ct);
        await vault.Disable(SecretNames.DataWrappingKey, first.Version.Version, Ct);

        Assert.Equal(Plain, await Sealer().Open(content, "row", Ct));
    }

    [Fact]
    public async Task A_data_key_whose_wrapping_key_is_disabled_says_which_version_is_needed()
    {
        var content = await Sealer().Seal(Plain, "row", Ct);
        var version = (await vault.Versions(SecretNames.DataWrappingKey, Ct))[0].Version;
        await vault.Disable(SecretNames.DataWrappingKey, version, Ct);
        await vault.Add(SecretNames.DataWrappingKey, new(TokenKey(), "second"), Ct);
        var e = await Assert.ThrowsAsync<SecretsException>(() => Sealer().Open(content, "row", Ct));
        Assert.Contains($"the version {version} of data-wrapping-key", e.Message);
    }

    private static SecretValue TokenKey() => new(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

    private DataKeys Keys(SecretReader reader) => new(Store, Units, vault, reader, clock);

    private DataSealer Sealer() => new(Keys(vault.NewReader()));
}
