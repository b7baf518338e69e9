using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>
/// Finds the setting that a binding's <c>Connection</c> names, where the real host looks: <c>AzureWebJobs</c> before the name, then the
/// name itself; each time among the connection strings first.
/// </summary>
internal static class ConnectionSettings
{
    private const string Prefix = "AzureWebJobs";

    /// <summary>The setting, which has a value or parts such as <c>fullyQualifiedNamespace</c>; null when there is none.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="connection">What the binding says; may hold <c>%Setting%</c>. Null: the extension's own, <paramref name="extension"/>.</param>
    /// <param name="extension">The extension's name, for example <c>Storage</c>.</param>
    /// <exception cref="InvalidOperationException">A setting that the name consists of is missing.</exception>
    public static IConfigurationSection? Find(IConfiguration settings, string? connection, string extension)
    {
        var name = SettingExpressions.Resolve(connection ?? extension, settings);
        return Section(Prefix + name) ?? Section(name);

        IConfigurationSection? Section(string key) =>
            settings.GetSection("ConnectionStrings").GetSection(key) is { } text && Says(text) ? text
            : settings.GetSection(key) is { } setting && Says(setting) ? setting
            : null;
    }

    /// <summary>What to say of a connection that is missing.</summary>
    public static string Missing(string kind, string? connection, string extension) =>
        $"The {kind} connection setting '{connection ?? Prefix + extension}' is missing or empty.";

    private static bool Says(IConfigurationSection section) => !string.IsNullOrEmpty(section.Value) || section.GetChildren().Any();
}
