using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Identity;

/// <summary>What is kept under a lease, for how long and how much of it, on a machine's clock that the test moves.</summary>
public sealed class ApiKeysTests
{
    private const string Secret = "tbx_one";
    private const string Id = "key_one";
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private readonly InMemoryDatabase database = new(ProductDatabase.Demo);
    private readonly MachineTime time = new();
    private readonly CountedReadings store;
    private readonly ApiKeys keys;

    public ApiKeysTests()
    {
        store = new(time);
        keys = new(database, store, new(time));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_good_key_is_read_once_in_a_lease(bool byId)
    {
        await Add(Secret, Id);
        for (var call = 0; call < 100; call++)
        {
            Assert.Equal(Id, (await Find(byId))!.Id);
            time.Advance(KeyLease.Length / 100);
        }

        Assert.Equal(1, store.Readings);
        await Find(byId);
        Assert.Equal(2, store.Readings);
    }

    [Fact]
    public async Task A_lease_is_counted_from_before_its_reading()
    {
        await Add(Secret, Id);
        store.Takes = KeyLease.Length - Tick;
        await Find();
        await Find();
        Assert.Equal(1, store.Readings);
        time.Advance(Tick);                             // a lease after the reading began, a tick after it ended
        await Find();
        Assert.Equal(2, store.Readings);
    }

    [Fact]
    public async Task A_key_that_was_made_a_moment_ago_is_found()
    {
        Assert.Null(await Find());
        await Add(Secret, Id);
        Assert.NotNull(await Find());
    }

    [Fact]
    public async Task A_key_that_was_revoked_is_read_at_each_call()
    {
        await Add(Secret, Id);
        await Change(work => store.Revoke(work, Id, Noon, Ct));
        for (var call = 1; call <= 3; call++)
        {
            Assert.Equal(Noon, (await Find())!.RevokedAt);
            Assert.Equal(call, store.Readings);
        }
    }

    [Fact]
    public async Task Access_that_was_restored_holds_at_the_next_call()
    {
        await Add(Secret, Id);
        await Account((accounts, work) => accounts.WithdrawAccess(work, "in_1", Noon, Ct));
        Assert.True((await Find())!.AccessWithdrawn);
        await Account((accounts, work) => accounts.RestoreAccess(work, [new(work.Tenant!.Value, "in_1")], Ct));
        Assert.False((await Find())!.AccessWithdrawn);
    }

    [Fact]
    public async Task Each_of_those_who_ask_at_once_gets_his_own_key()
    {
        await using var product = await ProductDatabase.CreateAsync();
        var real = new ApiKeys(product.Units, new PostgresApiKeyStore(), new(TimeProvider.System));
        string[] secrets = ["tbx_local_development_key", "tbx_local_other_key", "tbx_nobody_s"];
        var found = await Task.WhenAll(Enumerable.Range(0, 300).Select(number => real.FindBySecret(secrets[number % secrets.Length], Ct).AsTask()));
        Assert.All(found.Chunk(secrets.Length), three => Assert.Equal("demo other nobody", string.Join(' ', three.Select(key => key?.Tenant?.Slug ?? "nobody"))));
        Assert.Equivalent(found[0], await real.FindById(found[0]!.Id, Ct), strict: true);
    }

    [Fact]
    public async Task However_many_keys_call_only_so_many_are_kept()
    {
        const int Many = 100_000;
        store.Everybody = true;
        var most = 0;
        for (var number = 0; number < Many; number++)
        {
            Assert.NotNull(await keys.FindBySecret($"tbx_{number}", Ct));
            most = Math.Max(most, number % 100 == 0 ? keys.Kept : 0);
        }

        Assert.InRange(most, ApiKeys.MostKept / 2, ApiKeys.MostKept);
        Assert.Equal(Many, store.Readings);
        await keys.FindBySecret($"tbx_{Many - 1}", Ct);
        Assert.Equal(Many, store.Readings);
    }

    [Fact]
    public async Task Keys_that_lapsed_go_when_others_come()
    {
        store.Everybody = true;
        for (var number = 0; number < 1_000; number++)
        {
            await keys.FindBySecret($"tbx_{number}", Ct);
        }

        for (var later = 1; later <= 2; later++)
        {
            time.Advance(KeyLease.Length + Tick);
            await keys.FindBySecret($"tbx_later_{later}", Ct);
        }

        Assert.Equal(2, keys.Kept);
    }

    private ValueTask<ApiKey?> Find(bool byId = false) => byId ? keys.FindById(Id, Ct) : keys.FindBySecret(Secret, Ct);

    private Task Add(string secret, string id) => Change(work =>
        store.Add(work, new(id, ProductDatabase.Demo, "", ["billing:read"], Noon, null, null), ApiKeySecret.Hash(secret), Ct));

    private async Task Change(Func<IUnitOfWork, Task> change)
    {
        await using var work = await database.Begin(Ct);
        await change(work);
        await work.Commit(Ct);
    }

    private async Task Account(Func<IBillingAccounts, IUnitOfWork, Task> change)
    {
        await using var work = await database.Begin(ProductDatabase.Demo, Ct);
        await change(new InMemoryBillingAccounts(), work);
        await work.Commit(Ct);
    }

    /// <summary>A machine whose monotonic clock stands until it is moved.</summary>
    private sealed class MachineTime : TimeProvider
    {
        private long now = 1_000_000;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan by) => now += by.Ticks;
    }

    /// <summary>Keys in memory whose readings are counted and take a while.</summary>
    private sealed class CountedReadings(MachineTime time) : IApiKeyStore
    {
        private readonly InMemoryApiKeyStore store = new();

        public int Readings { get; private set; }

        /// <summary>How long a reading takes.</summary>
        public TimeSpan Takes { get; set; }

        /// <summary>Whether every hash is a key's.</summary>
        public bool Everybody { get; set; }

        public async Task<IReadOnlyDictionary<string, ApiKey>> FindByHash(IUnitOfWork work, IReadOnlyCollection<string> hashes, CancellationToken ct) =>
            Everybody ? Read(hashes.ToDictionary(hash => hash, hash => new ApiKey(hash, null, "", [], Noon, null, null))) : Read(await store.FindByHash(work, hashes, ct));

        public async Task<IReadOnlyDictionary<string, ApiKey>> FindById(IUnitOfWork work, IReadOnlyCollection<string> ids, CancellationToken ct) =>
            Read(await store.FindById(work, ids, ct));

        public Task Add(IUnitOfWork work, ApiKey key, byte[] hash, CancellationToken ct) => store.Add(work, key, hash, ct);

        public Task<ApiKey?> Revoke(IUnitOfWork work, string id, DateTimeOffset at, CancellationToken ct) => store.Revoke(work, id, at, ct);

        public Task<IReadOnlyList<ApiKey>> LockOperatorKeys(IUnitOfWork work, CancellationToken ct) => store.LockOperatorKeys(work, ct);

        private IReadOnlyDictionary<string, ApiKey> Read(IReadOnlyDictionary<string, ApiKey> found)
        {
            Readings++;
            time.Advance(Takes);
            return found;
        }
    }
}
