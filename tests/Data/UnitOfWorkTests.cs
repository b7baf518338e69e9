using Npgsql;
using ToolboxAI.Shared.Data;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Data;

public sealed class UnitOfWorkTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_has_gone_before_his_work_begins_takes_no_connection_along()
    {
        await using var product = await ProductDatabase.CreateAsync();
        var settings = new NpgsqlConnectionStringBuilder(product.ApplicationConnectionString) { MaxPoolSize = 1, Timeout = 2 };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        var units = new PostgresUnitOfWorkFactory(source);
        await (await units.Begin(Ct)).DisposeAsync();
        var gone = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => units.Begin(gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => units.Begin(ProductDatabase.Demo, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => units.BeginTurns(gone));

        await using var work = await units.Begin(Ct);
        Assert.Null(work.Tenant);
    }
}
