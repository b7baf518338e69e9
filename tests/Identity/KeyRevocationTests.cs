using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Identity;

/// <summary>What is taken from a key is taken in every process, by the time that it is reported done.</summary>
public sealed class KeyRevocationTests : IAsyncLifetime
{
    private const int Keys = 24;
    private readonly TestClock clock = new();
    private readonly KeyLease lease = new(new(TimeProvider.System));
    private readonly PostgresApiKeyStore store = new();
    private ProductDatabase product = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private KeyRevocation Revocation => new(product.Units, store, lease, clock, NullLogger<KeyRevocation>.Instance);

    public async ValueTask InitializeAsync() => product = await ProductDatabase.CreateAsync();

    public ValueTask DisposeAsync() => product.DisposeAsync();

    [Fact]
    public async Task A_key_that_was_revoked_is_so_for_every_call_that_begins_afterwards_in_every_process()
    {
        for (var number = 0; number < Keys; number++)
        {
            await Add($"key_{number}", ProductDatabase.Demo, "billing:read");
        }

        await Hammered(
            async number => Assert.Null((await Revocation.Revoke($"key_{number}", Ct)).Refusal),
            key => key.RevokedAt is null);
    }

    [Fact]
    public async Task Access_that_was_withdrawn_is_so_for_every_call_that_begins_afterwards_in_every_process()
    {
        for (var number = 0; number < Keys; number++)
        {
            await Add($"key_{number}", await AddTenant($"owes_{number}"), "scripts:scan");
        }

        var withdraw = new WithdrawAccess(new InMemoryStripe(clock), product.Units, new PostgresBillingAccounts(), lease, clock, NullLogger<WithdrawAccess>.Instance);
        await Hammered(number => withdraw.Run(new(new($"owes_{number}"), "in_1"), Ct), key => !key.AccessWithdrawn);
    }

    [Fact]
    public async Task Revoking_again_says_since_when_and_waits_too()
    {
        await Add("key_twice", ProductDatabase.Demo);
        var (first, _) = await Revocation.Revoke("key_twice", Ct);
        clock.Advance(TimeSpan.FromDays(1));
        var patience = new MissingTimers();
        var (again, refusal) = await new KeyRevocation(product.Units, store, new(new(patience)), clock, NullLogger<KeyRevocation>.Instance).Revoke("key_twice", Ct);
        Assert.Equal((first, null), (again, refusal));
        Assert.True(patience.Waited > KeyLease.Length, $"waited for {patience.Waited}");
    }

    [Fact]
    public async Task A_leaked_key_is_revoked_by_its_hash()
    {
        await Add("key_leaked", ProductDatabase.Demo);
        var (key, _) = await Revocation.Revoke(Convert.ToHexStringLower(ApiKeySecret.Hash("tbx_key_leaked")), Ct);
        Assert.Equal("key_leaked", key!.Id);
        Assert.IsType<LastOperatorKey>((await Revocation.Revoke(Convert.ToHexStringLower(ApiKeySecret.Hash("tbx_local_operator_key")), Ct)).Refusal);
        Assert.IsType<KeyNotFound>((await Revocation.Revoke(new string('0', 64), Ct)).Refusal);
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_refused_at_once()
    {
        var (key, refusal) = await Revocation.Revoke("key_nobody_s", Ct);
        Assert.Null(key);
        Assert.IsType<KeyNotFound>(refusal);
    }

    [Fact]
    public async Task The_last_operator_s_key_that_is_good_stays_also_when_two_revoke_each_other()
    {
        const string First = "key_development_operator";
        await Add("key_tenant_s", ProductDatabase.Demo, "operator");
        await Add("key_no_scope", null);
        Assert.IsType<LastOperatorKey>((await Revocation.Revoke(First, Ct)).Refusal);

        await Add("key_second", null, "operator");
        var both = await Task.WhenAll(Revocation.Revoke(First, Ct), Revocation.Revoke("key_second", Ct));
        Assert.Single(both, one => one.Refusal is null);
        Assert.Single(both, one => one.Refusal is LastOperatorKey);
        Assert.Null((await Revocation.Revoke(both.Single(one => one.Key is not null).Key!.Id, Ct)).Refusal);
    }

    /// <summary>Two processes take every key all the time while, at random moments, something is taken from each.</summary>
    private async Task Hammered(Func<int, Task> take, Func<ApiKey, bool> isGood)
    {
        ApiKeys[] processes = [Process(), Process()];
        var (before, tooLate) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(number => Task.Run(async () =>
        {
            var taken = Task.CompletedTask;
            var begins = Random.Shared.Next(1_500);
            for (var (call, after) = (0, 0); after < 20; call++)
            {
                if (call * 5 >= begins && taken == Task.CompletedTask)
                {
                    taken = take(number);
                }

                var begunAfter = taken != Task.CompletedTask && taken.IsCompleted;
                var good = isGood((await processes[call % processes.Length].FindBySecret($"tbx_key_{number}", Ct))!);
                Interlocked.Add(ref before, good && !begunAfter ? 1 : 0);
                Interlocked.Add(ref tooLate, good && begunAfter ? 1 : 0);
                after += begunAfter ? 1 : 0;
                await Task.Delay(5, Ct);
            }

            await taken;
        })));
        Assert.True(before > Keys, $"{before} calls found a key good");
        Assert.Equal(0, tooLate);
    }

    private ApiKeys Process() => new(product.Units, new LateAnswers(store), new(TimeProvider.System));

    private async Task Add(string id, TenantId? tenant, params string[] scopes)
    {
        await using var work = await product.Units.Begin(Ct);
        await store.Add(work, new(id, tenant, "", scopes, clock.GetUtcNow(), null, null), ApiKeySecret.Hash("tbx_" + id), Ct);
        await work.Commit(Ct);
    }

    private async Task<TenantId> AddTenant(string slug)
    {
        await using var migrator = Npgsql.NpgsqlDataSource.Create(product.MigrationConnectionString);
        await using var create = migrator.CreateCommand("SELECT toolbox.create_tenant($1, 'School', 'billing@school.example', '2026-01-01')");
        create.Parameters.Add(new() { Value = slug });
        await create.ExecuteNonQueryAsync(Ct);
        return new(slug);
    }

    /// <summary>A machine whose timers go off at once, and which says for how long one was set.</summary>
    private sealed class MissingTimers : TimeProvider
    {
        public TimeSpan Waited { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waited += dueTime;
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    /// <summary>Answers come a while after they were read, so that a call which is handed an older reading is found out.</summary>
    private sealed class LateAnswers(IApiKeyStore store) : IApiKeyStore
    {
        private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(30);

        public Task<IReadOnlyDictionary<string, ApiKey>> FindByHash(IUnitOfWork work, IReadOnlyCollection<string> hashes, CancellationToken ct) =>
            Delayed(store.FindByHash(work, hashes, ct));

        public Task<IReadOnlyDictionary<string, ApiKey>> FindById(IUnitOfWork work, IReadOnlyCollection<string> ids, CancellationToken ct) =>
            Delayed(store.FindById(work, ids, ct));

        public Task Add(IUnitOfWork work, ApiKey key, byte[] hash, CancellationToken ct) => store.Add(work, key, hash, ct);

        public Task<ApiKey?> Revoke(IUnitOfWork work, string id, DateTimeOffset at, CancellationToken ct) => store.Revoke(work, id, at, ct);

        public Task<IReadOnlyList<ApiKey>> LockOperatorKeys(IUnitOfWork work, CancellationToken ct) => store.LockOperatorKeys(work, ct);

        private static async Task<IReadOnlyDictionary<string, ApiKey>> Delayed(Task<IReadOnlyDictionary<string, ApiKey>> reading)
        {
            var found = await reading;
            await Task.Delay(Late);
            return found;
        }
    }
}
