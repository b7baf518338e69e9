using System.Diagnostics;
using ToolboxAI.Tests.Benchmarks.Report;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Http;

/// <summary>From <c>dotnet ToolboxAI.Functions.dll</c> to its first answered request, its services running already.</summary>
internal static class StartBenchmark
{
    private const int Starts = 5;

    public static async Task Run(Results results)
    {
        var data = Directory.CreateTempSubdirectory("toolboxai-bench-").FullName;
        var services = TestProcess.Start("ToolboxAI.Local.Services", new Dictionary<string, string>(), "--data", data);
        try
        {
            var file = Path.Combine(data, "services.json");
            while (!File.Exists(file))
            {
                await Task.Delay(50);
            }

            var bare = await Median(() => Once("ToolboxAI.Tests.Benchmarks", "serve", "bare"));
            var hello = await Median(() => Once("ToolboxAI.Tests.Benchmarks", "serve", "hello"));
            var whole = await Median(async () =>
            {
                var started = Stopwatch.GetTimestamp();
                await using var application = await RunningApplication.StartAsync(attach: file);
                return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            });
            results.Add(new("start", "a function app of one function, to its address", "ms", hello, "bare Kestrel", bare));
            results.Add(new("start", "the application, to its first answer that it is ready", "ms", whole, "bare Kestrel", bare, "30 % less than before"));
        }
        finally
        {
            await services.TerminateAsync();
            await services.EndAsync(TimeSpan.FromSeconds(30));
            await services.DisposeAsync();
            await RunningApplication.DeleteAsync(data);
        }
    }

    private static async Task<double> Median(Func<Task<double>> once)
    {
        var times = new List<double>();
        for (var start = 0; start < Starts; start++)
        {
            times.Add(await once());
        }

        return times.Order().ElementAt(Starts / 2);
    }

    private static async Task<double> Once(string program, params string[] args)
    {
        var started = Stopwatch.GetTimestamp();
        await using var process = TestProcess.Start(program, Servers.Alone, args);
        while (!process.Output.Contains("listening", StringComparison.Ordinal))
        {
            await Task.Delay(5);
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
