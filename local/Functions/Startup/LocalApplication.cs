using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ToolboxAI.Local.Functions.Startup;

/// <summary>What an application starts with.</summary>
/// <param name="Root">The folder that holds host.json.</param>
/// <param name="Port">The port to listen on; 0 takes a free one.</param>
/// <param name="EnvironmentName">What <c>AZURE_FUNCTIONS_ENVIRONMENT</c> says; Production when it says nothing.</param>
/// <param name="Settings">The final settings, the environment's among them; <c>:</c> parts the names.</param>
public sealed record LocalApplication(string Root, int Port, string EnvironmentName, IReadOnlyDictionary<string, string?> Settings)
{
    /// <summary>The services that were started for this application, or null.</summary>
    internal ServicesProcess? Services { get; init; }

    /// <summary>Whether the application ends with the pipe on its standard input.</summary>
    internal bool Supervised { get; init; }

    /// <summary>Makes the application's host greet its user, and end together with its services.</summary>
    public void AddTo(IServiceCollection services)
    {
        if (EnvironmentName == Environments.Development)
        {
            services.AddSingleton(this);
            services.AddHostedService<DevelopmentRun>();
        }
    }
}
