using ToolboxAI.Tests.Benchmarks.Bus;
using ToolboxAI.Tests.Benchmarks.Durable;
using ToolboxAI.Tests.Benchmarks.Http;
using ToolboxAI.Tests.Benchmarks.Report;
using ToolboxAI.Tests.Benchmarks.Webhooks;
using ToolboxAI.Tests.Support;
using Xunit.Runner.InProc.SystemConsole;

namespace ToolboxAI.Tests.Benchmarks;

/// <summary>
/// <c>measure [durable] [http] [bus] [queue] [webhooks] [start] [growth] [http-growth] [webhooks-growth] [start-growth] [--seconds N] [--write]</c> measures (all, when none is named) and,
/// with <c>--write</c>, renews the tables and pictures of <c>docs/guides/performance.md</c>; <c>scan</c> compares a scan of scripts with the lexer; anything else is for the test runner, which
/// runs the guards that count work.
/// </summary>
public static class Program
{
    private static readonly string[] All = ["durable", "http", "bus", "queue", "webhooks", "start", "growth", "http-growth", "webhooks-growth", "start-growth"];

    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["serve", var which, .. var rest]:
                return await Servers.Serve(which, rest);
            case ["work", var hub]:
                return await DurableRecovery.Work(hub);
            case ["scan"]:
                return ScanBenchmark.Run();
            case ["measure", .. var rest]:
                return await Measure(rest);
            default:
                return await ConsoleRunner.Run(args);
        }
    }

    private static async Task<int> Measure(string[] args)
    {
        Environment.SetEnvironmentVariable(TestProcess.CompilesAnewAfter, "64");       // 100 ms, .NET's own: what lives longer than a test is measured
        var at = Array.IndexOf(args, "--seconds");
        var seconds = at >= 0 && at + 1 < args.Length ? double.Parse(args[at + 1]) : 5;
        var named = args.Intersect(All).ToList();
        var results = new Results();
        TestServer.IsDurable = true;
        foreach (var one in named.Count == 0 ? All : [.. named])
        {
            await Run(one, results, TimeSpan.FromSeconds(seconds));
        }

        if (args.Contains("--write"))
        {
            Guide.Write(results);
        }

        return 0;
    }

    private static async Task Run(string name, Results results, TimeSpan duration)
    {
        var unit = Math.Max(20, (int)(duration.TotalSeconds * 20));
        switch (name)
        {
            case "durable":
                await DurableBenchmark.Run(results, duration);
                break;
            case "http":
                await HttpBenchmark.Run(results, duration);
                break;
            case "bus":
                await BusBenchmark.Run(results, duration);
                break;
            case "queue":
                await QueueBenchmark.Run(results);
                break;
            case "webhooks":
                await WebhookBenchmark.Run(results, events: unit * 50);
                break;
            case "webhooks-growth":
                await WebhookGrowth.Grow(results, unit: 1_000);
                break;
            case "start":
                await StartBenchmark.Run(results);
                break;
            case "http-growth":
                await HttpGrowth.Grow(results);
                break;
            case "start-growth":
                await StartBenchmark.Grow(results);
                break;
            default:
                await DurableGrowth.Grow(results);
                await BusBenchmark.Grow(results, unit * 10);
                break;
        }
    }
}
