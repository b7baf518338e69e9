using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.Functions.Startup;

namespace ToolboxAI.Local.Functions;

/// <summary>What both builders configure alike.</summary>
internal static class LocalDefaults
{
    /// <summary>How long invocations may still run after a stop was asked for.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(7);

    public static void Configure(IConfigurationBuilder configuration, LocalApplication application)
    {
        configuration.AddEnvironmentVariables("AZURE_FUNCTIONS_");
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(application.Settings);
        configuration.AddInMemoryCollection([new("AZURE_FUNCTIONS_ENVIRONMENT", application.EnvironmentName)]);
    }

    public static void Configure(ILoggingBuilder logging, IConfiguration configuration)
    {
        // The host says itself where it listens; the server knows of an address within the process, too, that is nobody's business.
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
    }

    public static void Configure(IServiceCollection services) => services.Configure<HostOptions>(host => host.ShutdownTimeout = Grace);
}
