using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Local.DurableTask.Hosting;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>
/// The task hub of a function app: named in host.json (<c>extensions.durableTask.hubName</c>), in the installation's database,
/// or in memory when the application belongs to no installation.
/// </summary>
internal sealed class FunctionsHub(
    HostSettings settings, LocalInstallation installation, IConfiguration configuration, TimeProvider clock, IServiceProvider services)
{
    private readonly ConcurrentDictionary<string, InMemoryHub> inMemory = new(StringComparer.OrdinalIgnoreCase);

    // What the application chose with ConfigureDurableWorker().UseExternalizedPayloads: its clients and the management API see through it.
    private readonly Lazy<ExternalPayloads?> payloads = new(
        () => services.GetRequiredService<IOptions<HubOptions>>().Value.WorkerPayloads?.Invoke(services));

    /// <summary>The hub's name.</summary>
    public string Name { get; } = SettingExpressions.Resolve(settings.Extension("durableTask")["hubName"] ?? "TestHubName", configuration);

    /// <summary>Payloads are written by the worker's own serializer.</summary>
    public DataConverter Converter { get; } = new SerializerDataConverter(services.GetRequiredService<IOptions<WorkerOptions>>());

    /// <summary>Settings of host.json that orchestrations read from their context.</summary>
    public IReadOnlyDictionary<string, object?> Properties { get; } =
        settings.Extension("durableTask").GetValue<double?>("httpSettings:defaultAsyncRequestSleepTimeMilliseconds") is { } pause
            ? new Dictionary<string, object?> { [TaskOrchestrationContextExtensionMethods.PollingInterval] = pause }
            : new Dictionary<string, object?>();

    /// <summary>
    /// The versions that host.json names: <c>defaultVersion</c> is what starts without a version get and the newest that the
    /// application runs; <c>null</c> when none is named.
    /// </summary>
    public DurableTaskWorkerOptions.VersioningOptions? Versioning { get; } = VersionsOf(settings.Extension("durableTask"));

    public async Task<Hub> OpenAsync(string? name = null)
    {
        var hub = string.IsNullOrEmpty(name) ? Name : SettingExpressions.Resolve(name, configuration);
        var opened = await installation.SessionAsync().ConfigureAwait(false) is null
            ? inMemory.GetOrAdd(hub, _ => new InMemoryHub(hub, clock, replaysEachStep: false)).Hub
            : await PostgresHubs.OpenAsync(configuration["ToolboxLocal:Database"]!, hub).ConfigureAwait(false);
        return opened.With(payloads.Value);
    }

    /// <param name="taskHub">The hub's name; the application's own when there is none.</param>
    /// <param name="managementRoot">Where the management API begins.</param>
    /// <param name="managementQuery">What its addresses carry.</param>
    /// <param name="refuses">Whether the client hears of what an instance is not there for, or not in a state for.</param>
    public HubClient CreateClient(string? taskHub, string? managementRoot = null, string? managementQuery = null, bool refuses = true) => new(
        string.IsNullOrEmpty(taskHub) ? Name : taskHub,
        () => OpenAsync(taskHub),
        new DurableTaskClientOptions { DataConverter = Converter, EnableEntitySupport = true, DefaultVersion = Versioning?.DefaultVersion ?? string.Empty })
    {
        Refuses = refuses,
        RefusesEvents = settings.Extension("durableTask").GetValue("throwStatusExceptionsOnRaiseEvent", true),
        ManagementRoot = managementRoot,
        ManagementQuery = managementQuery,
    };

    private static DurableTaskWorkerOptions.VersioningOptions? VersionsOf(IConfigurationSection durable) =>
        durable["defaultVersion"] is not { Length: > 0 } version ? null : new DurableTaskWorkerOptions.VersioningOptions
        {
            Version = version,
            DefaultVersion = version,
            MatchStrategy = durable.GetValue("versionMatchStrategy", DurableTaskWorkerOptions.VersionMatchStrategy.CurrentOrOlder),
            FailureStrategy = durable.GetValue("versionFailureStrategy", DurableTaskWorkerOptions.VersionFailureStrategy.Reject),
        };
}

/// <summary>Payloads as the worker's serializer writes them.</summary>
internal sealed class SerializerDataConverter(IOptions<WorkerOptions> options) : DataConverter
{
    public override string? Serialize(object? value) =>
        value is null ? null : options.Value.Serializer!.Serialize(value, value.GetType(), CancellationToken.None).ToString();

    public override object? Deserialize(string? data, Type targetType)
    {
        if (string.IsNullOrEmpty(data))
        {
            return null;
        }

        using var stream = BinaryData.FromString(data).ToStream();
        return options.Value.Serializer!.Deserialize(stream, targetType, CancellationToken.None);
    }
}
