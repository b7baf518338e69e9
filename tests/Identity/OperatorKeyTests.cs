using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Functions.Identity;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Identity;

public sealed class OperatorKeyTests
{
    private readonly InMemoryDatabase database = new();
    private readonly InMemoryApiKeyStore keys = new();
    private readonly TestClock clock = new();

    private static KeyLease Lease => new(new(TimeProvider.System));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_operator_s_key_is_made_and_printed_once()
    {
        var (code, output, errors) = await Run();
        Assert.Equal((0, ""), (code, errors));
        var secret = output.Trim().Split(' ')[^1];
        Assert.Matches("^tbx_[A-Za-z0-9_-]{43}$", secret);
        var key = await new ApiKeys(database, keys, new(TimeProvider.System)).FindBySecret(secret, Ct);
        Assert.True(key!.Allows(Permission.Operate));
        Assert.False(key.Allows(Permission.BillingRead));

        (code, output, errors) = await Run();
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("already", errors);
    }

    [Fact]
    public async Task Of_two_that_ask_at_once_one_gets_it()
    {
        await using var postgres = await ProductDatabase.CreateAsync();
        await using (var work = await postgres.Units.Begin(Ct))
        {
            await work.Execute("DELETE FROM toolbox.api_keys WHERE tenant IS NULL", null, Ct);
            await work.Commit(Ct);
        }

        var operators = new OperatorKeys(postgres.Units, new PostgresApiKeyStore(), Lease, new TestClock());
        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => operators.CreateFirst(Ct)));
        Assert.Single(made, secret => secret is not null);
    }

    [Fact]
    public async Task The_last_operator_s_key_is_replaced_by_its_id_and_the_new_one_is_printed_once()
    {
        var old = await First();
        var (code, output, errors) = await Run(ReplaceOperatorKey.Option, (await Find(old))!.Id);

        Assert.Equal((0, ""), (code, errors));
        var secret = output.Trim().Split(' ')[^1];
        Assert.Matches("^tbx_[A-Za-z0-9_-]{43}$", secret);
        Assert.False((await Find(old))!.IsValid(clock.GetUtcNow()));
        Assert.True(await Find(secret) is { } key && key.Allows(Permission.Operate) && key.IsValid(clock.GetUtcNow()));
    }

    [Fact]
    public async Task By_its_hash_too_and_with_a_new_one_s_hash_twice_as_well_as_once()
    {
        var old = await First();
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal((0, "The operator's key of that hash is in the old one's place.\n", ""), await Run(ReplaceOperatorKey.Option, Hash(old), Hash("tbx_mine")));
        }

        Assert.False((await Find(old))!.IsValid(clock.GetUtcNow()));
        Assert.True(await Find("tbx_mine") is { } key && key.Allows(Permission.Operate) && key.IsValid(clock.GetUtcNow()));
    }

    [Fact]
    public async Task What_would_leave_no_good_key_is_not_done()
    {
        var old = await First();
        await using (var work = await database.Begin(Ct))
        {
            await keys.Add(work, new("key_tenant_s", ProductDatabase.Demo, "", [], clock.GetUtcNow(), null, null), ApiKeySecret.Hash("tbx_tenant_s"), Ct);
            await work.Commit(Ct);
        }

        foreach (var (args, advice) in new (string[] Args, string Advice)[]
        {
            ([Hash(old), Hash(old)], "make a new one"),
            ([Hash(old), Hash("tbx_tenant_s")], "make a new one"),
            ([Hash("tbx_tenant_s"), Hash("tbx_mine")], "no operator's key"),
            (["key_nobody_s"], "no operator's key"),
            ([Hash(old), "tbx_mine"], "64 hexadecimal digits"),
            ([], "64 hexadecimal digits"),
        })
        {
            var (code, output, errors) = await Run([ReplaceOperatorKey.Option, .. args]);
            Assert.Equal((1, ""), (code, output));
            Assert.Contains(advice, errors);
        }

        Assert.True((await Find(old))!.IsValid(clock.GetUtcNow()));
        Assert.Null(await Find("tbx_mine"));
    }

    private static string Hash(string secret) => Convert.ToHexStringLower(ApiKeySecret.Hash(secret));

    private async Task<string> First() => (await Run()).Output.Trim().Split(' ')[^1];

    private async Task<ApiKey?> Find(string secret) => await new ApiKeys(database, keys, new(TimeProvider.System)).FindBySecret(secret, Ct);

    private async Task<(int Code, string Output, string Errors)> Run(params string[] args)
    {
        await using var services = new ServiceCollection()
            .AddSingleton(new OperatorKeys(database, keys, Lease, clock))
            .BuildServiceProvider();
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = args.Length == 0 ? await CreateOperatorKey.Run(services, [CreateOperatorKey.Option], output, errors) : await ReplaceOperatorKey.Run(services, args, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
