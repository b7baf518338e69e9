using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.ScheduledTasks;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Local.Installation;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>A hub with one worker and one client, for a test. With a second worker, the first gets only what it has registrations for.</summary>
public sealed class Engine : IAsyncDisposable
{
    private readonly IHost app;
    private readonly Func<TimeSpan, Task> advance;
    private readonly Func<ValueTask> cleanUp;

    private Engine(IHost host, Func<TimeSpan, Task> advance, Func<ValueTask> cleanUp)
    {
        app = host;
        this.advance = advance;
        this.cleanUp = cleanUp;
        Client = host.Services.GetRequiredService<DurableTaskClient>();
        Schedules = host.Services.GetRequiredService<ScheduledTaskClient>();
    }

    /// <summary>What was logged under the category <c>test</c>.</summary>
    public ConcurrentQueue<string> Logged => app.Services.GetRequiredService<LogLines>().Lines;

    public DurableTaskClient Client { get; }

    public ScheduledTaskClient Schedules { get; }

    public static CancellationToken Soon => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    public static async Task<Engine> InMemoryAsync(
        Action<DurableTaskRegistry> tasks,
        Action<DurableTaskWorkerOptions>? options = null,
        Action<IDurableTaskWorkerBuilder>? second = null,
        bool replaysEachStep = false)
    {
        var clock = new TestClock();
        var hub = new InMemoryHub(clock, replaysEachStep);
        var host = await StartAsync(tasks, options, second, worker => worker.UseInMemoryHub(hub), client => client.UseInMemoryHub(hub));
        return new Engine(host, by =>
        {
            clock.Advance(by);
            hub.Hub.Wake();
            return Task.CompletedTask;
        }, () => default);
    }

    public static async Task<Engine> OnPostgresAsync(
        Action<DurableTaskRegistry> tasks, Action<DurableTaskWorkerOptions>? options = null, Action<IDurableTaskWorkerBuilder>? second = null)
    {
        var database = await TestDatabase.CreateAsync();
        return await OnPostgresAsync(database, tasks, database.DisposeAsync, options, second);
    }

    /// <summary>On the caller's own database, which he looks into, or deletes, himself.</summary>
    public static Task<Engine> OnPostgresAsync(TestDatabase database, Action<DurableTaskRegistry> tasks) =>
        OnPostgresAsync(database, tasks, () => default, options: null, second: null);

    /// <summary>Moves the hub's clock.</summary>
    public Task AdvanceAsync(TimeSpan by) => advance(by);

    public async Task<OrchestrationMetadata> RunAsync(TaskName name, object? input = null)
    {
        var id = await Client.ScheduleNewOrchestrationInstanceAsync(name, input, Soon);
        return await EndOfAsync(id);
    }

    public async Task<OrchestrationMetadata> EndOfAsync(string id) => await Client.WaitForInstanceCompletionAsync(id, true, Soon);

    public async Task<OrchestrationMetadata> UntilAsync(string id, Func<OrchestrationMetadata, bool> reached)
    {
        var deadline = Soon;
        while (true)
        {
            if (await Client.GetInstanceAsync(id, true, deadline) is { } instance && reached(instance))
            {
                return instance;
            }

            await Task.Delay(5, deadline);
        }
    }

    public Task<OrchestrationMetadata> UntilStatusIsAsync(string id, string customStatus) =>
        UntilAsync(id, instance => instance.SerializedCustomStatus == $"\"{customStatus}\"");

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        app.Dispose();
        await cleanUp();
    }

    private static async Task<Engine> OnPostgresAsync(
        TestDatabase database,
        Action<DurableTaskRegistry> tasks,
        Func<ValueTask> cleanUp,
        Action<DurableTaskWorkerOptions>? options,
        Action<IDurableTaskWorkerBuilder>? second)
    {
        var connection = database.ConnectionString;
        var host = await StartAsync(tasks, options, second, worker => worker.UseHub(connection), client => client.UseHub(connection));
        return new Engine(host, async by =>
        {
            await using var source = NpgsqlDataSource.Create(connection);
            await ClockAdvance.RunAsync(source, by, Soon);
        }, cleanUp);
    }

    private static async Task<IHost> StartAsync(
        Action<DurableTaskRegistry> tasks,
        Action<DurableTaskWorkerOptions>? options,
        Action<IDurableTaskWorkerBuilder>? second,
        Action<IDurableTaskWorkerBuilder> useWorker,
        Action<IDurableTaskClientBuilder> useClient)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<LogLines>();
        builder.Services.AddSingleton<ILoggerProvider>(services => services.GetRequiredService<LogLines>());
        builder.Services.AddDurableTaskWorker(worker =>
        {
            worker.AddTasks(tasks).Configure(settings => settings.EnableEntitySupport = true);
            if (options is not null)
            {
                worker.Configure(options);
            }

            if (second is not null)
            {
                worker.UseWorkItemFilters();
            }

            worker.UseScheduledTasks();
            useWorker(worker);
        });
        if (second is not null)
        {
            builder.Services.AddDurableTaskWorker("second", worker =>
            {
                second(worker.Configure(settings => settings.EnableEntitySupport = true));
                useWorker(worker);
            });
        }

        builder.Services.AddDurableTaskClient(client =>
        {
            client.Configure(settings => settings.EnableEntitySupport = true).UseScheduledTasks();
            useClient(client);
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => categoryName == "test" ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
            // The lines are read after the host has stopped, too.
        }
    }

    private sealed class TestClock : TimeProvider
    {
        private long offset;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref offset));

        public void Advance(TimeSpan by) => Interlocked.Add(ref offset, by.Ticks);
    }
}
