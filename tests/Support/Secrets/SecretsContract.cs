using ToolboxAI.Shared.Secrets;
using Xunit;

namespace ToolboxAI.Tests.Support.Secrets;

/// <summary>What every store of secrets does; held by the vault, the encrypted file and the double in memory.</summary>
public abstract class SecretsContract
{
    private readonly string name = $"contract-{Guid.NewGuid():N}";

    /// <summary>The store; the same one throughout a test.</summary>
    protected abstract ISecrets Secrets { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_that_is_not_there_has_no_versions_and_no_value()
    {
        Assert.Empty(await Secrets.Versions(name, Ct));
        Assert.Null(await Secrets.Read(name, "none", Ct));
    }

    [Fact]
    public async Task Every_change_is_a_version_and_the_newest_comes_first()
    {
        var first = await Secrets.Add(name, New("one", "a"), Ct);
        var second = await Secrets.Add(name, New("two", "b"), Ct);

        Assert.Equal([second, first], await Secrets.Versions(name, Ct));
        Assert.Equal("one", (await Secrets.Read(name, first.Version, Ct))?.Reveal());
        Assert.Equal("two", (await Secrets.Read(name, second.Version, Ct))?.Reveal());
    }

    [Fact]
    public async Task The_same_operation_again_adds_nothing()
    {
        var first = await Secrets.Add(name, New("one", "a"), Ct);

        Assert.Equal(first, await Secrets.Add(name, New("another", "a"), Ct));

        Assert.Equal("one", (await Secrets.Read(name, Assert.Single(await Secrets.Versions(name, Ct)).Version, Ct))?.Reveal());
    }

    [Fact]
    public async Task A_pending_version_is_made_active_and_says_so_with_all_else_that_is_known_of_it()
    {
        var expires = new DateTimeOffset(2031, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var added = await Secrets.Add(name, New("one", "a") with { Pending = true, ExpiresAt = expires, IssuerId = "we_1" }, Ct);
        Assert.True(added.Pending);

        await Secrets.SetPending(name, added.Version, pending: false, Ct);
        await Secrets.SetPending(name, added.Version, pending: false, Ct);

        var active = Assert.Single(await Secrets.Versions(name, Ct));
        Assert.Equal((false, expires, "we_1", "a", true), (active.Pending, active.ExpiresAt, active.IssuerId, active.Operation, active.Enabled));
        Assert.Equal("one", (await Secrets.Read(name, added.Version, Ct))?.Reveal());
    }

    [Fact]
    public async Task A_disabled_version_is_listed_and_never_read()
    {
        var added = await Secrets.Add(name, New("one", "a"), Ct);

        await Secrets.Disable(name, added.Version, Ct);
        await Secrets.Disable(name, added.Version, Ct);

        Assert.False(Assert.Single(await Secrets.Versions(name, Ct)).Enabled);
        Assert.Null(await Secrets.Read(name, added.Version, Ct));
    }

    [Fact]
    public async Task A_version_that_is_not_there_can_t_be_changed()
    {
        await Secrets.Add(name, New("one", "a"), Ct);

        await Assert.ThrowsAsync<SecretsException>(() => Secrets.Disable(name, "0123456789abcdef0123456789abcdef", Ct));
    }

    [Fact]
    public async Task No_version_and_no_value_shows_a_value_when_it_is_printed()
    {
        var added = await Secrets.Add(name, New("do-not-show", "a"), Ct);
        var secret = new Secret(added, (await Secrets.Read(name, added.Version, Ct))!);

        Assert.DoesNotContain("do-not-show", $"{secret} {added} {New("do-not-show", "a")}");
        Assert.DoesNotContain("do-not-show", System.Text.Json.JsonSerializer.Serialize(secret));
    }

    private static NewSecret New(string value, string operation) => new(new(value), operation);
}
