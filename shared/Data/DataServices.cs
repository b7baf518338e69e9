using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ToolboxAI.Shared.Data;

/// <summary>What this feature needs.</summary>
public static class DataServices
{
    /// <summary>Adds units of work, outbox and inboxes. Needs the secrets. The host may have registered the clock.</summary>
    public static IServiceCollection AddData(this IServiceCollection services)
    {
        services.AddOptions<DataOptions>().Configure<IConfiguration>(Read).ValidateDataAnnotations()
            .Validate(options => IsConnection(options.DatabaseConnection), "The setting DatabaseConnection is malformed, expected is an Npgsql connection string: Host=…;Database=…;Username=…")
            .Validate(options => options.ServiceBusConnection.Length > 0 || options.ServiceBusNamespace.Length > 0,
                "The setting ServiceBusConnection is empty, and so is ServiceBusConnection__fullyQualifiedNamespace.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new MachineClock(TimeProvider.System));
        services.AddSingleton<DatabaseConnections>();
        services.AddSingleton(provider => Options(provider) is { ServiceBusConnection.Length: > 0 } given
            ? new ServiceBusClient(given.ServiceBusConnection)
            : new ServiceBusClient(Options(provider).ServiceBusNamespace, new DefaultAzureCredential()));
        return services
            .AddSingleton<IUnitOfWorkFactory>(provider => Units(provider.GetRequiredService<DatabaseConnections>()))
            .AddSingleton<IMessageBus, ServiceBusMessageBus>()
            .AddSingleton<IOutboxStore, PostgresOutboxStore>()
            .AddSingleton<IInbox, PostgresInbox>()
            .AddSingleton<IHandledMessages, PostgresHandledMessages>()
            .AddSingleton<IIdempotencyStore, PostgresIdempotencyStore>()
            .AddSingleton<Outbox>()
            .AddSingleton<Retention>();
    }

    private static PostgresUnitOfWorkFactory Units(DatabaseConnections database) => new(database.Open);

    private static bool IsConnection(string text)
    {
        try
        {
            return text.Length == 0 || new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 };
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            return false;
        }
    }

    private static void Read(DataOptions options, IConfiguration configuration)
    {
        options.DatabaseConnection = configuration["DatabaseConnection"] ?? "";
        options.DatabaseAuthentication = configuration["DatabaseAuthentication"] is { Length: > 0 } authentication ? authentication : "connection";
        options.ServiceBusConnection = configuration["ServiceBusConnection"] ?? "";
        options.ServiceBusNamespace = configuration["ServiceBusConnection:fullyQualifiedNamespace"] ?? "";
    }

    private static DataOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<DataOptions>>().Value;
}
