using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Tests.Benchmarks.Report;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Benchmarks.Http;

/// <summary>From <c>dotnet ToolboxAI.Functions.dll</c> to its first answered request and until it is ready, on services that run already or with its own.</summary>
internal static class StartBenchmark
{
    private const int Starts = 5;
    private const int Unit = 100;
    private const string Hub = "ToolboxAI";                        // host.json, extensions.durableTask.hubName
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static async Task Run(Results results)
    {
        await using var services = await Services.StartAsync();
        var bare = await Median(() => Once("bare"));
        var hello = await Median(() => Once("hello"));
        var attached = await Medians(() => Whole("--attach", services.File));
        results.Add(new("start", "a function app of one function, to its address", "ms", hello, "bare Kestrel", bare));
        results.Add(new("start", "the application, to its first answer", "ms", attached.Answered, "bare Kestrel", bare, "30 % less than before"));
        results.Add(new("start", "the application, until it is ready", "ms", attached.Ready, "bare Kestrel", bare));
        results.Add(new("start", "the application, processor time until it is ready", "ms", attached.Processor));

        var data = Directory.CreateTempSubdirectory("toolboxai-bench-").FullName;
        var own = await Medians(() => Whole("--data", data), warm: true);
        results.Add(new("start", "the application with services of its own, to its first answer", "ms", own.Answered, "bare Kestrel", bare, "30 % less than before"));
        results.Add(new("start", "the application with services of its own, until it is ready", "ms", own.Ready, "bare Kestrel", bare));
        await RunningApplication.DeleteAsync(data);
    }

    /// <summary>How long a start takes when more and more orchestrations, messages and keys wait for it.</summary>
    public static async Task Grow(Results results)
    {
        await using var services = await Services.StartAsync();
        await using var product = NpgsqlDataSource.Create(services.Setting("DatabaseConnection"));
        List<GrowthPoint> answered = [], ready = [], processor = [];
        var there = 0;
        foreach (var amount in (int[])[Unit, Unit * 10, Unit * 100])
        {
            await AddWork(services, there, amount);
            await HttpGrowth.AddKeys(product, amount);
            there = amount;
            var times = await Medians(() => Whole("--attach", services.File), warm: true);
            answered.Add(new(amount, times.Answered));
            ready.Add(new(amount, times.Ready));
            processor.Add(new(amount, times.Processor));
        }

        results.Grew(new Growth("start: to the first answer", "ms", "waiting orchestrations, messages and keys", answered));
        results.Grew(new Growth("start: until ready", "ms", "waiting orchestrations, messages and keys", ready));
        results.Grew(new Growth("start: processor time until ready", "ms", "waiting orchestrations, messages and keys", processor));
    }

    /// <summary>Orchestrations that begin, and messages that come, in a month.</summary>
    private static async Task AddWork(Services services, int from, int to)
    {
        var later = DateTimeOffset.UtcNow.AddDays(30);
        await using var durable = new ServiceCollection()
            .AddDurableTaskClient(client => client.UseHub(services.Setting("ToolboxLocal__Database"), Hub)).BuildServiceProvider();
        var client = durable.GetRequiredService<DurableTaskClient>();
        await Parallel.ForEachAsync(Enumerable.Range(from, to - from), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, ct) =>
            await client.ScheduleNewOrchestrationInstanceAsync(DunningStart.Orchestration, null, new() { StartAt = later }, ct));
        await using var bus = new ServiceBusClient(services.Setting("ServiceBusConnection"));
        await using var sender = bus.CreateSender("email");
        foreach (var hundred in Enumerable.Range(from, to - from).Chunk(100))
        {
            await sender.SendMessagesAsync(hundred.Select(_ => new ServiceBusMessage("{}") { ScheduledEnqueueTime = later }));
        }
    }

    private static async Task<double> Median(Func<Task<double>> once) => Middle(await Repeat(once), time => time);

    private static async Task<Times> Medians(Func<Task<Times>> once, bool warm = false)
    {
        if (warm)
        {
            await once();
        }

        var times = await Repeat(once);
        return new(Middle(times, time => time.Answered), Middle(times, time => time.Ready), Middle(times, time => time.Processor));
    }

    private static async Task<List<T>> Repeat<T>(Func<Task<T>> once)
    {
        var all = new List<T>();
        for (var start = 0; start < Starts; start++)
        {
            all.Add(await once());
        }

        return all;
    }

    private static double Middle<T>(List<T> times, Func<T, double> of) => times.Select(of).Order().ElementAt(Starts / 2);

    /// <summary>Starts one of the servers and waits for its address.</summary>
    private static async Task<double> Once(string which)
    {
        var started = Stopwatch.GetTimestamp();
        await using var process = TestProcess.Start("ToolboxAI.Tests.Benchmarks", Servers.Alone, "serve", which);
        await Servers.AddressOf(process);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Starts the application, asks until it answers, then until it is ready, and ends it.</summary>
    private static async Task<Times> Whole(params string[] args)
    {
        var port = RunningApplication.FreePort();
        var started = Stopwatch.GetTimestamp();
        await using var process = TestProcess.Start("ToolboxAI.Functions", new Dictionary<string, string>(), ["--supervised", "--port", $"{port}", .. args]);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var answered = await Until(process, client, "/api/health/live", started);
        var ready = await Until(process, client, "/api/health/ready", started);
        using var running = Process.GetProcessById(process.Id);
        var times = new Times(answered, ready, running.TotalProcessorTime.TotalMilliseconds);
        await process.EndAsync(Limit);
        return times;
    }

    private static async Task<double> Until(TestProcess process, HttpClient client, string path, long started)
    {
        while (true)
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new InvalidOperationException($"{path} does not answer. The application said:\n{process.Output}");
            }

            try
            {
                using var answer = await client.GetAsync(path);
                if (answer.IsSuccessStatusCode)
                {
                    return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet, or listened for a moment to see whether the port is free.
                await Task.Delay(5);
            }
        }
    }

    /// <summary>In milliseconds.</summary>
    private sealed record Times(double Answered, double Ready, double Processor);
}
