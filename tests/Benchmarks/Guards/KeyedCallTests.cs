using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Benchmarks.Http;
using ToolboxAI.Tests.Support.Data;
using static ToolboxAI.Tests.Benchmarks.Guards.Counting;

namespace ToolboxAI.Tests.Benchmarks.Guards;

/// <summary>What a call with a key costs, counted: under a lease, and where each call finds it lapsed.</summary>
[Collection(nameof(Counting))]      // statements are counted for the whole process
public sealed class KeyedCallTests
{
    private const int Calls = 1_000;
    private const string Secret = "tbx_local_development_key";
    private readonly StandingClock machine = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_that_come_at_once_share_the_look_up_of_their_keys()
    {
        const int AtOnce = 320;
        await using var product = await ProductDatabase.CreateAsync();
        var keys = new ApiKeys(product.Units, new PostgresApiKeyStore(), new(machine));
        await keys.FindBySecret(Secret, Ct);
        machine.Pass(KeyLease.Length);
        var statements = await Statements(() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () => await keys.FindBySecret(Secret, Ct)))));
        Bound("statements of 320 calls at once", statements, 16);
    }

    [Fact]
    public async Task A_call_under_a_lease_costs_no_statement_and_a_lapsed_one_costs_one()
    {
        await using var product = await ProductDatabase.CreateAsync();
        await using var trips = RoundTrips.To(product.ApplicationConnectionString);
        using var host = await Servers.OfProduct([], new Dictionary<string, string?>(Servers.NoLimit)
        {
            ["DatabaseConnection"] = trips.ConnectionString,
            ["ServiceBusConnection"] = product.SuperuserConnectionString,
            ["KeyVault:Uri"] = "https://127.0.0.1:1",
        }, machine);
        using var client = new RawClient(Servers.AddressOf(host), Servers.Path, "GET", $"X-Api-Key: {Secret}");
        await Bytes(Call);
        await Bytes(LapsedCall);

        var before = trips.Count;
        Bound("statements of calls under a lease", await Statements(() => Bytes(Call)), 0);
        Bound("round trips of calls under a lease", trips.Count - before, 0);
        var (early, late) = (await Bytes(Call), await Bytes(Call));
        Bound("bytes per call under a lease", late, 10_000);
        Bound("late calls' bytes by early ones'", late / early, 1.2);

        before = trips.Count;
        Bound("statements per call whose lease has lapsed", await Statements(() => Bytes(LapsedCall)) / (double)Calls, 1.01);
        Bound("round trips per call whose lease has lapsed", (trips.Count - before) / (double)Calls, 1.01);
        Bound("bytes per call whose lease has lapsed", await Bytes(LapsedCall), 21_000);
        await host.StopAsync(Ct);

        Task<int> Call() => client.Get();

        Task<int> LapsedCall()
        {
            machine.Pass(KeyLease.Length);
            return client.Get();
        }
    }

    /// <summary>What a call allocates, client and relay included.</summary>
    private static async Task<double> Bytes(Func<Task<int>> call)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var number = 0; number < Calls; number++)
        {
            Assert.Equal(200, await call());
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Calls;
    }

    /// <summary>A machine's clock on which a lease lapses when the test says so.</summary>
    private sealed class StandingClock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref now);

        public void Pass(TimeSpan time) => Interlocked.Add(ref now, time.Ticks);
    }
}
