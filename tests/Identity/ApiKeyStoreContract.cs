using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Data;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Identity;

public sealed class ApiKeysInMemory(InMemory database) : ApiKeyStoreContract(database), IClassFixture<InMemory>;

public sealed class ApiKeysOnPostgres(OnPostgres database) : ApiKeyStoreContract(database), IClassFixture<OnPostgres>;

public abstract class ApiKeyStoreContract(DatabaseUnderTest database)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string secret = ApiKeySecret.New();
    private readonly ApiKey key = new(Ids.New("key", Noon), ProductDatabase.Demo, "n", ["billing:read"], Noon, Noon.AddDays(1), null);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Hash => Convert.ToHexString(ApiKeySecret.Hash(secret));

    [Fact]
    public async Task A_key_is_found_by_its_hash_and_by_its_id_only()
    {
        await using var work = await Added(key);
        var other = Convert.ToHexString(ApiKeySecret.Hash(secret + "x"));
        Assert.Equivalent(KeyValuePair.Create(Hash, key), Assert.Single(await database.Keys.FindByHash(work, [other, Hash], Ct)), strict: true);
        Assert.Equivalent(KeyValuePair.Create(key.Id, key), Assert.Single(await database.Keys.FindById(work, ["key_other", key.Id], Ct)), strict: true);
    }

    [Fact]
    public async Task A_key_is_revoked_once_and_stays_so_since_then()
    {
        await using var work = await Added(key);
        var revoked = key with { RevokedAt = Noon };
        Assert.Equivalent(revoked, await database.Keys.Revoke(work, key.Id, Noon, Ct), strict: true);
        Assert.Equivalent(revoked, await database.Keys.Revoke(work, key.Id, Noon.AddDays(1), Ct), strict: true);
        Assert.Equivalent(revoked, (await database.Keys.FindByHash(work, [Hash], Ct))[Hash], strict: true);
        Assert.Null(await database.Keys.Revoke(work, "key_nobody_s", Noon, Ct));
    }

    [Fact]
    public async Task The_operators_keys_are_those_of_no_tenant_for_one_transaction_at_a_time()
    {
        var operators = key with { Id = key.Id + "_operator", Tenant = null };
        Task<IReadOnlyList<ApiKey>> next;
        await using (var work = await Added(operators))
        {
            Assert.All(await database.Keys.LockOperatorKeys(work, Ct), one => Assert.Null(one.Tenant));
            next = Task.Run(async () =>
            {
                await using var other = await database.Units.Begin(Ct);
                return await database.Keys.LockOperatorKeys(other, Ct);
            });
            await Task.WhenAny(next, Task.Delay(100, Ct));
            Assert.False(next.IsCompleted);
            await work.Commit(Ct);
        }

        Assert.Contains(await next, one => one.Id == operators.Id);
    }

    private async Task<IUnitOfWork> Added(ApiKey one)
    {
        var work = await database.Units.Begin(Ct);
        await database.Keys.Add(work, one, ApiKeySecret.Hash(secret), Ct);
        return work;
    }
}
