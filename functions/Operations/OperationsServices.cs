using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Functions.Operations;

/// <summary>What this feature needs.</summary>
public static class OperationsServices
{
    /// <summary>Adds the readiness checks.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddHttpClient(nameof(StorageCheck)).RemoveAllLoggers();        // asked every few seconds, it would fill the log
        return services
            .AddSingleton<Readiness>()
            .AddSingleton<IReadinessCheck, DatabaseCheck>()
            .AddSingleton<IReadinessCheck, StorageCheck>()
            .AddSingleton<IReadinessCheck, BusCheck>()
            .AddSingleton<IReadinessCheck, SecretsCheck>();
    }
}
