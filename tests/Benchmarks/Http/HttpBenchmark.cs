using ToolboxAI.Tests.Benchmarks.Report;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Http;

/// <summary>A function's requests per second beside bare Kestrel's, each server a process of its own under the same clients.</summary>
internal static class HttpBenchmark
{
    private const int Connections = 32;
    private const int Rounds = 6;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private const string Key = "X-Api-Key: tbx_local_development_key";

    public static async Task Run(Results results, TimeSpan duration)
    {
        await using var services = await Services.StartAsync();
        await using var bare = TestProcess.Start("ToolboxAI.Tests.Benchmarks", Servers.Alone, "serve", "bare");
        await using var hello = TestProcess.Start("ToolboxAI.Tests.Benchmarks", Servers.Alone, "serve", "hello");
        await using var keyed = TestProcess.Start("ToolboxAI.Tests.Benchmarks", new Dictionary<string, string>(), "serve", "product", "--attach", services.File);
        await using var application = await RunningApplication.StartAsync(
            attach: services.File, settings: Servers.NoLimit.ToDictionary(setting => setting.Key.Replace(":", "__"), setting => setting.Value!));
        var whole = application.Http.BaseAddress!;
        Target[] targets =
        [
            new("bare Kestrel", await Servers.AddressOf(bare), Servers.Path, 200),
            new("hello function", await Servers.AddressOf(hello), Servers.Path, 200) { Aim = "≥ 0.8" },
            new("hello function with a key, through the product's pipeline", await Servers.AddressOf(keyed), Servers.Path, 200, Key) { Aim = "≥ 0.5" },
            new("refusal of a key that may not (problem details)", whole, "/api/v1/admin/dunning-policies/none", 403, Key) { Aim = "≥ 0.5" },
            new("liveness through the product's pipeline", whole, "/api/health/live", 200) { Aim = "≥ 0.5" },
            new("refusal without a key (problem details)", whole, "/api/v1/billing/dunning", 401) { Aim = "≥ 0.5" },
            new("key, tenant, policy, limits, and a token signed", whole, "/api/v1/tokens", 201, Key, "Content-Length: 0") { Method = "POST", Aim = "≥ 0.5" },
            new("key, tenant, policy, limits, and a row of the tenant's that is not there", whole, "/api/v1/billing/dunning/in_none", 404, Key),
        ];

        // In turns, so that what else the machine does hits all of them alike; the first, in which the compiler is still at work, does not count.
        var all = targets.Select(_ => new List<LoadResult>()).ToList();
        for (var round = 0; round <= Rounds; round++)
        {
            for (var at = 0; at < targets.Length; at++)
            {
                all[at].Add(await Measure(targets[at], round == 0 ? WarmUp : duration / Rounds));
            }
        }

        var sums = all.ConvertAll(rounds => new LoadResult(
            [.. rounds.Skip(1).SelectMany(one => one.Times).Order()], TimeSpan.FromSeconds(rounds.Skip(1).Sum(one => one.Elapsed.TotalSeconds))));
        for (var at = 1; at < targets.Length; at++)
        {
            results.Add(new("http", targets[at].What, "requests/s", sums[at].PerSecond, targets[0].What, sums[0].PerSecond, targets[at].Aim));
            results.Add(new("http", targets[at].What + ", p99", "ms", sums[at].At(0.99), targets[0].What, sums[0].At(0.99)));
        }
    }

    private static async Task<LoadResult> Measure(Target target, TimeSpan duration)
    {
        var address = new Uri($"http://127.0.0.1:{target.Address.Port}");
        var clients = Enumerable.Range(0, Connections).Select(_ => new RawClient(address, target.Path, target.Method, target.Headers)).ToList();
        try
        {
            return await Load.Drive(Connections, duration, async client =>
            {
                if (await clients[client].Get() is var got && got != target.Status)
                {
                    throw new InvalidOperationException($"{target.Path} answered {got}, not {target.Status}.");
                }
            });
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private sealed record Target(string What, Uri Address, string Path, int Status, params string[] Headers)
    {
        public string Method { get; init; } = "GET";

        public string? Aim { get; init; }
    }
}
