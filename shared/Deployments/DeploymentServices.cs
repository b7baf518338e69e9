using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Shared.Deployments;

/// <summary>Registers the feature.</summary>
public static class DeploymentServices
{
    private static readonly Uri Roblox = new("https://apis.roblox.com");
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Roblox, content, plans and deployments. Needs the data services and the secrets.</summary>
    public static IServiceCollection AddDeployments(this IServiceCollection services)
    {
        services.AddOptions<RobloxOptions>().BindConfiguration(RobloxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpClient(RobloxOptions.Section)
            .ConfigureHttpClient((provider, http) =>
            {
                var options = provider.GetRequiredService<IOptions<RobloxOptions>>().Value;
                http.BaseAddress = options.ApiBase.Length > 0 ? new Uri(options.ApiBase) : Roblox;
                http.Timeout = TimeSpan.FromSeconds(options.CallSeconds);
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLifetime })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        services.AddSingleton<IOpenCloud>(provider => new OpenCloudClient(provider.GetRequiredService<IHttpClientFactory>().CreateClient(RobloxOptions.Section)));
        services.AddSingleton<IContentStore>(provider => new BlobContentStore(
            Storage(provider.GetRequiredService<IConfiguration>()), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IRobloxKeys, RobloxKeys>();
        services.AddSingleton<IDeployments, PostgresDeployments>();
        services.AddSingleton<IExperiences, PostgresExperiences>();
        services.AddSingleton<IReleases, PostgresReleases>();
        services.AddSingleton<DeploymentStores>();
        services.AddSingleton<RobloxCalls>();
        services.AddSingleton<Planner>();
        services.AddSingleton<DeploymentDesk>();
        services.AddSingleton<DeploymentRetention>();
        return services;
    }

    /// <summary>Files have an account of their own, <c>ContentStorage</c>; without one they share the host's.</summary>
    private static BlobServiceClient Storage(IConfiguration configuration)
    {
        var name = configuration.GetSection("ContentStorage").AsEnumerable().Any(setting => setting.Value is { Length: > 0 }) ? "ContentStorage" : "AzureWebJobsStorage";
        if (configuration[name] is { Length: > 0 } connection)
        {
            return new BlobServiceClient(connection);
        }

        var address = configuration[$"{name}:blobServiceUri"] ?? (configuration[$"{name}:accountName"] is { } account
            ? $"https://{account}.blob.core.windows.net"
            : throw new InvalidOperationException("AzureWebJobsStorage names no storage account."));
        return new BlobServiceClient(new Uri(address), new DefaultAzureCredential());
    }
}
