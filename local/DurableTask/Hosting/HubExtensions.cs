using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ToolboxAI.Local.DurableTask.Hosting;

namespace ToolboxAI.Local.DurableTask;

/// <summary>Connects workers and clients of a plain host to a task hub, where official code calls <c>UseGrpc()</c>.</summary>
public static class HubExtensions
{
    /// <summary>The name of a task hub that is not given one.</summary>
    public const string DefaultHubName = "default";

    /// <summary>Connects the worker to a hub in the PostgreSQL database of <paramref name="connectionString"/>.</summary>
    public static IDurableTaskWorkerBuilder UseHub(this IDurableTaskWorkerBuilder builder, string connectionString, string hubName = DefaultHubName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        return Use(builder, _ => PostgresHubs.OpenAsync(connectionString, hubName));
    }

    /// <summary>Connects the worker to a hub in memory that the clients of the same services share.</summary>
    public static IDurableTaskWorkerBuilder UseInMemoryHub(this IDurableTaskWorkerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddMemory(builder.Services);
        return Use(builder, services => Task.FromResult(services.GetRequiredService<InMemoryHub>().Hub));
    }

    /// <summary>Connects the worker to a given hub in memory.</summary>
    public static IDurableTaskWorkerBuilder UseInMemoryHub(this IDurableTaskWorkerBuilder builder, InMemoryHub hub)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(hub);
        return Use(builder, _ => Task.FromResult(hub.Hub));
    }

    /// <summary>Connects the client to a hub in the PostgreSQL database of <paramref name="connectionString"/>.</summary>
    public static IDurableTaskClientBuilder UseHub(this IDurableTaskClientBuilder builder, string connectionString, string hubName = DefaultHubName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        return Use(builder, _ => PostgresHubs.OpenAsync(connectionString, hubName));
    }

    /// <summary>Connects the client to the hub in memory that the workers of the same services use.</summary>
    public static IDurableTaskClientBuilder UseInMemoryHub(this IDurableTaskClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddMemory(builder.Services);
        return Use(builder, services => Task.FromResult(services.GetRequiredService<InMemoryHub>().Hub));
    }

    /// <summary>Connects the client to a given hub in memory.</summary>
    public static IDurableTaskClientBuilder UseInMemoryHub(this IDurableTaskClientBuilder builder, InMemoryHub hub)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(hub);
        return Use(builder, _ => Task.FromResult(hub.Hub));
    }

    private static void AddMemory(IServiceCollection services) =>
        services.TryAddSingleton(provider => new InMemoryHub(provider.GetService<TimeProvider>()));

    private static IDurableTaskWorkerBuilder Use(IDurableTaskWorkerBuilder builder, Func<IServiceProvider, Task<Hub>> open)
    {
        builder.Services.Configure<HubOptions>(builder.Name, options => options.OpenAsync = open);
        return builder.UseBuildTarget<HubWorker>();
    }

    private static IDurableTaskClientBuilder Use(IDurableTaskClientBuilder builder, Func<IServiceProvider, Task<Hub>> open)
    {
        builder.Services.Configure<HubOptions>(builder.Name, options => options.OpenAsync = open);
        return builder.UseBuildTarget<HubClient>();
    }
}
