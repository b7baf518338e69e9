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

        var operators = new OperatorKeys(postgres.Units, new PostgresApiKeyStore(), new TestClock());
        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => operators.CreateFirst(Ct)));
        Assert.Single(made, secret => secret is not null);
    }

    private async Task<(int Code, string Output, string Errors)> Run()
    {
        await using var services = new ServiceCollection()
            .AddSingleton(new OperatorKeys(database, keys, new TestClock()))
            .BuildServiceProvider();
        using var output = new StringWriter();
        using var errors = new StringWriter();
        return (await CreateOperatorKey.Run(services, [CreateOperatorKey.Option], output, errors), output.ToString(), errors.ToString());
    }
}
