using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions.Startup;

/// <summary>Finds, and in Development starts, what an application needs before it can be built.</summary>
public static class LocalStartup
{
    private const string EnvironmentSetting = "AZURE_FUNCTIONS_ENVIRONMENT";
    private const string Development = "Development";

    /// <summary>
    /// Reads the settings and, in Development, starts the services whose connection settings are empty. When it can't, it
    /// says so in one line and ends the process with 1. Asked for help, it says the options and ends the process with 0.
    /// </summary>
    public static async Task<LocalApplication> PrepareAsync(string[] args)
    {
        if (args.Any(argument => argument is "--help" or "-h"))
        {
            await Console.Out.WriteLineAsync(StartOptions.Usage).ConfigureAwait(false);
            Environment.Exit(0);
        }

        try
        {
            return await PrepareAsync(StartOptions.Parse(args)).ConfigureAwait(false);
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message).ConfigureAwait(false);
            Environment.Exit(1);
            throw;
        }
    }

    private static async Task<LocalApplication> PrepareAsync(StartOptions options)
    {
        var environment = Environment.GetEnvironmentVariable(EnvironmentSetting) is { Length: > 0 } name ? name : "Production";
        var settings = LocalSettings.Load(development: environment == Development, options.Attach);
        StartChecks.PortIsFree(options.Port);
        ServicesProcess? services = null;
        if (environment == Development && options.Attach is not null)
        {
            await StartChecks.ServicesAnswerAsync(options.Attach, settings).ConfigureAwait(false);
            ProcessVariables.Overlay(settings, LocalSettings.Read(options.Attach));
        }
        else if (environment == Development)
        {
            services = await ServicesProcess.StartAsync(options, settings).ConfigureAwait(false);
            foreach (var (setting, value) in services.Settings)
            {
                settings[setting] = value;
            }
        }

        if (environment == Development)
        {
            ProcessVariables.Set(settings);
        }

        var nested = settings.ToDictionary(pair => pair.Key.Replace("__", ":"), pair => (string?)pair.Value, StringComparer.OrdinalIgnoreCase);
        return new(AppContext.BaseDirectory, options.Port, environment, nested) { Services = services, Supervised = options.Supervised };
    }
}
