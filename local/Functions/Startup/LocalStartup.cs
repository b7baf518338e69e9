using System.Text.Json;

namespace ToolboxAI.Local.Functions.Startup;

/// <summary>What an application starts with.</summary>
/// <param name="Root">The folder that holds host.json.</param>
/// <param name="Port">The port to listen on; 0 takes a free one.</param>
/// <param name="EnvironmentName">What <c>AZURE_FUNCTIONS_ENVIRONMENT</c> says; Production when it says nothing.</param>
/// <param name="Settings">The final settings, the environment's among them; <c>:</c> parts the names.</param>
public sealed record LocalApplication(string Root, int Port, string EnvironmentName, IReadOnlyDictionary<string, string?> Settings);

/// <summary>Finds the settings that an application starts with.</summary>
public static class LocalStartup
{
    private const int DefaultPort = 7071;

    /// <summary>Reads local.settings.json, or else in Development the sample, beside host.json; the environment wins.</summary>
    public static async Task<LocalApplication> PrepareAsync(string[] args)
    {
        var environment = Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT") is { Length: > 0 } name ? name : "Production";
        var root = AppContext.BaseDirectory;
        var file = Path.Combine(root, "local.settings.json");
        if (!File.Exists(file) && environment == "Development")
        {
            file = Path.Combine(root, "local.settings.sample.json");
        }

        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (File.Exists(file))
        {
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file).ConfigureAwait(false));
            foreach (var value in document.RootElement.GetProperty("Values").EnumerateObject())
            {
                var given = Environment.GetEnvironmentVariable(value.Name);
                settings[value.Name.Replace("__", ":", StringComparison.Ordinal)] = given ?? value.Value.ToString();
            }
        }

        return new(root, Port(args), environment, settings);
    }

    private static int Port(string[] args)
    {
        var at = Array.IndexOf(args, "--port");
        return at >= 0 && at + 1 < args.Length && int.TryParse(args[at + 1], out var port) ? port : DefaultPort;
    }
}
