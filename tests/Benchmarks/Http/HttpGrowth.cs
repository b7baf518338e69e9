using System.Diagnostics;
using Npgsql;
using ToolboxAI.Tests.Benchmarks.Report;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Http;

/// <summary>What a call with a key costs among more and more keys, each of a tenant of its own, and how much memory the process holds when each has called.</summary>
internal static class HttpGrowth
{
    private const int Connections = 32;
    private const int Unit = 1_000;
    private const int Calls = 20_000;
    private const int WarmUp = 60_000;              // until the compiler is done with what a call runs through

    public static async Task Grow(Results results)
    {
        await using var services = await Services.StartAsync();
        await using var database = NpgsqlDataSource.Create(services.Setting("DatabaseConnection"));
        await using var server = TestProcess.Start("ToolboxAI.Tests.Benchmarks", new Dictionary<string, string>(), "serve", "product", "--attach", services.File);
        var address = await Servers.AddressOf(server);
        using var process = Process.GetProcessById(server.Id);
        await AddKeys(database, Unit);
        await Call(address, Unit, WarmUp);
        List<GrowthPoint> times = [], blocks = [], processor = [], memory = [];
        foreach (var keys in (int[])[Unit, Unit * 10, Unit * 100])
        {
            await AddKeys(database, keys);
            await Call(address, keys, keys);                       // each key once
            var before = await Commits.Blocks(database);
            var (started, worked) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            await Call(address, keys, Calls);
            times.Add(new(keys, Stopwatch.GetElapsedTime(started).TotalMilliseconds / Calls));
            process.Refresh();
            processor.Add(new(keys, (process.TotalProcessorTime - worked).TotalMicroseconds / Calls));
            blocks.Add(new(keys, (await Commits.Blocks(database) - before) / (double)Calls));
            process.Refresh();
            memory.Add(new(keys, process.WorkingSet64 / 1e6));
        }

        results.Grew(new Growth("http: a call with a key, 32 clients", "ms", "keys and tenants", times));
        results.Grew(new Growth("http: a call with a key", "µs of the server's processor", "keys and tenants", processor));
        results.Grew(new Growth("http: a call with a key", "blocks", "keys and tenants", blocks));
        results.Grew(new Growth("http: working set once each key has called", "MB", "keys and tenants", memory));
    }

    /// <summary>Keys up to a number, each of a tenant of its own, which one in a hundred has lost its access.</summary>
    public static async Task AddKeys(NpgsqlDataSource database, int count)
    {
        await using var add = database.CreateCommand("""
            INSERT INTO toolbox.tenants (tenant, name, billing_email, created_at)
            SELECT 'growth_' || n, 'Growth', 'growth@example', '2026-01-01' FROM generate_series(1, $1) n ON CONFLICT DO NOTHING;
            """);
        add.Parameters.Add(new() { Value = count });
        await add.ExecuteNonQueryAsync();
        await using var keys = database.CreateCommand("""
            INSERT INTO toolbox.api_keys (id, key_hash, tenant, name, scopes, created_at)
            SELECT 'key_growth_' || n, sha256(convert_to('tbx_growth_' || n, 'UTF8')), 'growth_' || n, 'Growth', '{billing:read}', '2026-01-01'
            FROM generate_series(1, $1) n ON CONFLICT DO NOTHING;
            """);
        keys.Parameters.Add(new() { Value = count });
        await keys.ExecuteNonQueryAsync();
        await using var owing = database.CreateCommand("""
            INSERT INTO toolbox.withdrawn_access (tenant, invoice_id, withdrawn_at)
            SELECT 'growth_' || n, 'in_growth', '2026-01-01' FROM generate_series(1, $1, 100) n ON CONFLICT DO NOTHING;
            """);
        owing.Parameters.Add(new() { Value = count });
        await owing.ExecuteNonQueryAsync();
    }

    /// <summary>Calls, with one key after the other.</summary>
    private static async Task Call(Uri address, int keys, int calls)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            using var client = new RawClient(address, Servers.Path);
            for (int call; (call = Interlocked.Increment(ref next)) <= calls;)
            {
                // Steps that meet every key, far from each other in every index.
                var key = (int)((long)call * 7_919 % keys) + 1;
                if (await client.Get($"X-Api-Key: tbx_growth_{key}") is var got && got != 200)
                {
                    throw new InvalidOperationException($"The key tbx_growth_{key} was answered {got}, not 200.");
                }
            }
        })));
    }
}
