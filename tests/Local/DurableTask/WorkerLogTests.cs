using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.DurableTask;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>A worker's log, by whose categories, event names and values programs and alerts find what they look for.</summary>
public sealed class WorkerLogTests
{
    [Fact]
    public async Task Starts_and_ends_of_orchestrations_and_activities_are_told_once()
    {
        var lines = await RunAsync("Chain");

        Assert.Equal(
            [
                "Orchestrations 600 OrchestrationStarted Chain", "Activities 603 ActivityStarted Good", "Activities 604 ActivityCompleted Good",
                "Activities 603 ActivityStarted Good", "Activities 604 ActivityCompleted Good", "Orchestrations 601 OrchestrationCompleted Chain",
            ],
            lines.Where(line => line.Level == LogLevel.Information).Select(line => line.ToString()));
    }

    [Fact]
    public async Task Failures_are_told_with_their_exceptions()
    {
        var lines = await RunAsync("Fails");

        var activity = Assert.Single(lines, line => line.Event.Name == "ActivityFailed");
        var orchestration = Assert.Single(lines, line => line.Event.Name == "OrchestrationFailed");
        Assert.Equal("no paper", Assert.IsType<InvalidOperationException>(activity.Exception).Message);
        Assert.IsType<TaskFailedException>(orchestration.Exception);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_step_asks_for_is_told_in_the_older_category_too_unless_that_is_switched_off(bool legacy)
    {
        var lines = await RunAsync("Chain", legacy);

        Assert.Equal(3, lines.Count(line => line is { Category: "Microsoft.DurableTask.Worker", Event.Id: 11 }));
        Assert.Equal(legacy ? 3 : 0, lines.Count(line => line is { Category: "Microsoft.DurableTask", Event.Id: 11 }));
    }

    private static async Task<List<Line>> RunAsync(string orchestrator, bool legacy = true)
    {
        var log = new Log();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddDurableTaskWorker(worker => worker
            .AddTasks(tasks => tasks
                .AddActivityFunc("Good", _ => { })
                .AddActivityFunc("Bad", new Action<TaskActivityContext>(_ => throw new InvalidOperationException("no paper")))
                .AddOrchestratorFunc("Fails", context => context.CallActivityAsync("Bad"))
                .AddOrchestratorFunc("Chain", async context =>
                {
                    _ = context.IsReplaying;   // each step is a replay
                    await context.CallActivityAsync("Good");
                    await context.CallActivityAsync("Good");
                }))
            .Configure(options => options.Logging.UseLegacyCategories = legacy)
            .UseInMemoryHub());
        builder.Services.AddDurableTaskClient(client => client.UseInMemoryHub());
        using var host = builder.Build();
        await host.StartAsync(Engine.Soon);
        var client = host.Services.GetRequiredService<DurableTaskClient>();
        await client.WaitForInstanceCompletionAsync(await client.ScheduleNewOrchestrationInstanceAsync(orchestrator), Engine.Soon);
        await host.StopAsync(Engine.Soon);
        return [.. log.Lines];
    }

    private sealed record Line(string Category, LogLevel Level, EventId Event, Exception? Exception, object? Name)
    {
        public override string ToString() => $"{Category["Microsoft.DurableTask.Worker.".Length..]} {Event.Id} {Event.Name} {Name}";
    }

    private sealed class Log : ILoggerProvider
    {
        public ConcurrentQueue<Line> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
            // Nothing is held.
        }

        private sealed class Logger(Log log, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (category.StartsWith("Microsoft.DurableTask", StringComparison.Ordinal))
                {
                    var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
                    log.Lines.Enqueue(new Line(category, logLevel, eventId, exception, values.FirstOrDefault(pair => pair.Key == "Name").Value));
                }
            }
        }
    }
}
