using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Secrets;

/// <summary>The cache in front of the vault.</summary>
public sealed class SecretReaderTests
{
    private const string Name = "stripe-api-key";
    private readonly TestClock clock = new();
    private readonly InMemorySecrets vault;
    private readonly SecretReader reader;
    private readonly SecretsOptions options = new();

    public SecretReaderTests()
    {
        vault = new(clock);
        reader = vault.NewReader(options);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reading_serves_many_and_is_renewed_ahead_of_its_end_while_it_still_serves()
    {
        await Add("one", "a");
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("one", await Current());
        }

        Assert.Equal(1, vault.Lists);
        await Add("two", "b");
        clock.Advance(options.RefreshAfter);
        Assert.Equal("one", await Current());            // nobody waits; meanwhile it is read
        Assert.Equal("two", await Current());
    }

    [Fact]
    public async Task A_reading_that_is_too_old_is_waited_for()
    {
        await Add("one", "a");
        Assert.Equal("one", await Current());
        await Add("two", "b");
        clock.Advance(options.FreshFor);
        Assert.Equal("two", await Current());
    }

    [Fact]
    public async Task While_the_vault_is_away_the_old_reading_serves_for_its_time_and_it_is_asked_ever_more_seldom()
    {
        await Add("one", "a");
        Assert.Equal("one", await Current());
        vault.Away = true;
        clock.Advance(options.FreshFor);
        var before = clock.GetUtcNow();
        Assert.Equal("one", await Current());
        Assert.Equal("one", await Current());
        vault.Away = false;
        await Add("two", "b");
        Assert.Equal("one", await Current());            // asked less than a second ago
        Assert.Equal(before, clock.GetUtcNow());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", await Current());

        vault.Away = true;
        clock.Advance(options.UsableFor);
        await Assert.ThrowsAsync<SecretsException>(() => Current());
    }

    [Fact]
    public async Task An_expired_version_is_never_given_though_the_vault_gives_it_and_the_reading_is_fresh()
    {
        await vault.Add(Name, new(new("one"), "a") { ExpiresAt = clock.GetUtcNow() + TimeSpan.FromMinutes(1) }, Ct);
        Assert.Equal("one", await Current());
        clock.Advance(TimeSpan.FromMinutes(1));

        var e = await Assert.ThrowsAsync<SecretsException>(() => Current());
        Assert.Contains("not expired", e.Message);
    }

    [Fact]
    public async Task A_pending_version_is_accepted_from_others_and_not_used()
    {
        await Add("one", "a");
        var pending = await vault.Add(Name, new(new("two"), "b") { Pending = true }, Ct);

        Assert.Equal("one", await Current());
        Assert.Equal(["two", "one"], await Accepted());

        await vault.SetPending(Name, pending.Version, pending: false, Ct);
        reader.Forget(Name);
        Assert.Equal("two", await Current());
    }

    [Fact]
    public async Task What_is_not_known_yet_is_looked_up_at_once_but_not_for_every_call()
    {
        await Add("one", "a");
        Assert.Equal(["one"], await Accepted());
        await Add("two", "b");
        Assert.False(await reader.ReadAgain(Name, Ct));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(await reader.ReadAgain(Name, Ct));
        Assert.Equal(["two", "one"], await Accepted());
    }

    [Fact]
    public async Task Many_that_ask_at_once_make_one_reading()
    {
        await Add("one", "a");
        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Current())));
        Assert.All(all, value => Assert.Equal("one", value));
        Assert.Equal(1, vault.Lists);
    }

    private async Task<string> Current() => (await reader.Current(Name, Ct)).Value.Reveal();

    private async Task<IEnumerable<string>> Accepted() => (await reader.Accepted(Name, Ct)).Select(secret => secret.Value.Reveal());

    private Task Add(string value, string operation) => vault.Add(Name, new(new(value), operation), Ct);
}
