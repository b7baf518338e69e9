using Npgsql;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Identity;

public sealed class ApiKeysTests
{
    private const string Secret = "tbx_local_development_key";
    private const int Callers = 16;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_was_revoked_is_so_for_every_call_that_begins_afterwards_in_every_process()
    {
        await using var product = await ProductDatabase.CreateAsync();
        var (done, tooLate) = (0, 0);
        var (revoked, processes) = (false, new[] { new ApiKeys(product.Units, new LateAnswers()), new ApiKeys(product.Units, new LateAnswers()) });
        var calls = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var after = 0; after < 10; after += Volatile.Read(ref revoked) ? 1 : 0)
            {
                await Task.Delay(Random.Shared.Next(60), Ct);           // so that calls begin while others wait
                var begunAfter = Volatile.Read(ref revoked);
                var key = await processes[caller % processes.Length].FindBySecret(Secret, Ct);
                tooLate += begunAfter && key!.IsValid(DateTimeOffset.MinValue) ? 1 : 0;
                Interlocked.Increment(ref done);
            }
        })).ToList();

        while (Volatile.Read(ref done) < 40)
        {
            await Task.Delay(5, Ct);
        }

        await using var connection = new NpgsqlConnection(product.SuperuserConnectionString);
        await connection.OpenAsync(Ct);
        await using var revoke = new NpgsqlCommand("UPDATE toolbox.api_keys SET revoked_at = '2026-01-31' WHERE tenant = 'demo'", connection);
        Assert.True(await revoke.ExecuteNonQueryAsync(Ct) > 0);
        Volatile.Write(ref revoked, true);
        await Task.WhenAll(calls);
        Assert.Equal(0, tooLate);
    }

    [Fact]
    public async Task Each_of_those_who_ask_at_once_gets_his_own_key()
    {
        await using var product = await ProductDatabase.CreateAsync();
        var keys = new ApiKeys(product.Units, new PostgresApiKeyStore());
        string[] secrets = [Secret, "tbx_local_other_key", "tbx_nobody_s"];
        var found = await Task.WhenAll(Enumerable.Range(0, 300).Select(number => keys.FindBySecret(secrets[number % secrets.Length], Ct)));
        Assert.All(found.Chunk(secrets.Length), three => Assert.Equal("demo other nobody", string.Join(' ', three.Select(key => key?.Tenant?.Slug ?? "nobody"))));
        Assert.Equivalent(found[0], await keys.FindById(found[0]!.Id, Ct), strict: true);
    }

    /// <summary>Answers come a while after they were read, so that a call which is handed an older reading is found out.</summary>
    private sealed class LateAnswers : IApiKeyStore
    {
        private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(30);
        private readonly PostgresApiKeyStore store = new();

        public Task<IReadOnlyDictionary<string, ApiKey>> FindByHash(IUnitOfWork work, IReadOnlyCollection<string> hashes, CancellationToken ct) =>
            Delayed(store.FindByHash(work, hashes, ct));

        public Task<IReadOnlyDictionary<string, ApiKey>> FindById(IUnitOfWork work, IReadOnlyCollection<string> ids, CancellationToken ct) =>
            Delayed(store.FindById(work, ids, ct));

        public Task Add(IUnitOfWork work, ApiKey key, byte[] hash, CancellationToken ct) => store.Add(work, key, hash, ct);

        public Task<bool> AnyOperatorKey(IUnitOfWork work, CancellationToken ct) => store.AnyOperatorKey(work, ct);

        private static async Task<IReadOnlyDictionary<string, ApiKey>> Delayed(Task<IReadOnlyDictionary<string, ApiKey>> reading)
        {
            var found = await reading;
            await Task.Delay(Late);
            return found;
        }
    }
}
