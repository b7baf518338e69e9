using System.Buffers.Text;
using System.Security.Cryptography;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;
using ToolboxAI.Tests.Support.Secrets;

namespace ToolboxAI.Tests.Secrets;

/// <summary>Our own tokens, while the key that signs them is replaced.</summary>
public sealed class AccessTokenTests
{
    private readonly TestClock clock = new();
    private readonly InMemorySecrets vault;
    private readonly SecretReader here;
    private readonly SecretReader there;
    private readonly ApiKey key;

    public AccessTokenTests()
    {
        vault = new(clock);
        (here, there) = (vault.NewReader(), vault.NewReader());
        key = new("key_1", ProductDatabase.Demo, "A key", ["scripts:scan", "billing:write"], clock.GetUtcNow(), null, null);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_stands_for_its_key_with_one_right_and_for_an_hour()
    {
        await NewKey("first");
        var token = await At(here).Issue(key, Permission.ScriptsScan, Ct);
        var read = await At(there).Read(token.Token, Ct);
        Assert.Equal(new("key_1", "scripts:scan"), read);

        clock.Advance(AccessTokens.Lifetime - TimeSpan.FromSeconds(1));
        Assert.NotNull(await At(there).Read(token.Token, Ct));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await At(there).Read(token.Token, Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_token_of_which_one_letter_is_changed_is_none(int part)
    {
        await NewKey("first");
        var parts = (await At(here).Issue(key, Permission.ScriptsScan, Ct)).Token.Split('.');
        parts[part] = (parts[part][0] == 'a' ? 'b' : 'a') + parts[part][1..];
        Assert.Null(await At(here).Read(string.Join('.', parts), Ct));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task What_is_no_token_is_refused(string token)
    {
        await NewKey("first");
        Assert.Null(await At(here).Read(token, Ct));
    }

    [Fact]
    public async Task An_instance_that_does_not_know_the_new_key_yet_learns_it_and_a_retired_key_is_worth_nothing()
    {
        var first = await NewKey("first");
        var old = await At(here).Issue(key, Permission.ScriptsScan, Ct);
        Assert.NotNull(await At(there).Read(old.Token, Ct));

        clock.Advance(TimeSpan.FromMinutes(1));
        await NewKey("second");
        here.Forget(SecretNames.TokenSigningKey);
        var young = await At(here).Issue(key, Permission.ScriptsScan, Ct);
        Assert.NotNull(await At(there).Read(young.Token, Ct));
        Assert.NotNull(await At(there).Read(old.Token, Ct));

        await vault.Disable(SecretNames.TokenSigningKey, first.Version, Ct);
        there.Forget(SecretNames.TokenSigningKey);
        Assert.Null(await At(there).Read(old.Token, Ct));
        Assert.NotNull(await At(there).Read(young.Token, Ct));
    }

    [Fact]
    public async Task A_token_names_neither_the_key_s_name_nor_more_than_it_must()
    {
        await NewKey("first");
        var claims = Base64Url.DecodeFromChars((await At(here).Issue(key, Permission.ScriptsScan, Ct)).Token.Split('.')[1]);
        Assert.DoesNotContain("A key", System.Text.Encoding.UTF8.GetString(claims));
    }

    private AccessTokens At(SecretReader reader) => new(reader, new MachineClock(clock));

    private Task<SecretVersion> NewKey(string operation) =>
        vault.Add(SecretNames.TokenSigningKey, new(new(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))), operation), Ct);
}
