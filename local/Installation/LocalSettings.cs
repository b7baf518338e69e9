using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Installation;

/// <summary>
/// The settings of a local run, in the form of <c>local.settings.json</c>: an object <c>Values</c> of strings that the
/// program sees as environment variables. Later wins: the file (or else the sample) beside <c>host.json</c>, the file of
/// <c>--attach</c>, the environment.
/// </summary>
public static class LocalSettings
{
    /// <summary>The user's own settings, not in version control.</summary>
    public const string FileName = "local.settings.json";

    /// <summary>What stands in for the user's own settings in Development.</summary>
    public const string SampleName = "local.settings.sample.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Reads and merges the settings of a run.</summary>
    /// <param name="development">Whether the sample may stand in for a missing file.</param>
    /// <param name="attach">The file of <c>--attach</c>, or null.</param>
    /// <exception cref="StartRefusedException">A file is missing or is not in the form of local.settings.json.</exception>
    public static Dictionary<string, string> Load(bool development, string? attach)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var own = Path.Combine(LocalFolders.Settings, FileName);
        var sample = Path.Combine(LocalFolders.Settings, SampleName);
        if (File.Exists(own))
        {
            Overlay(settings, Read(own));
        }
        else if (development && File.Exists(sample))
        {
            Overlay(settings, Read(sample));
        }

        if (attach is not null)
        {
            Overlay(settings, Read(attach));
        }

        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            settings[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return settings;
    }

    /// <summary>Reads the values of one file; a colon in a name means the same as two underscores.</summary>
    public static Dictionary<string, string> Read(string path) =>
        Read(path, "Values").ToDictionary(pair => pair.Key.Replace(":", "__"), pair => pair.Value);

    private static Dictionary<string, string> Read(string path, string section)
    {
        try
        {
            var values = JsonNode.Parse(File.ReadAllText(path))?[section]?.AsObject() ?? [];
            return values.ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"Can't read the settings file {path}: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new StartRefusedException($"{path} is not in the form of {FileName}: {e.Message}");
        }
    }

    /// <summary>
    /// Another object of strings in the settings file, the user's own or else the sample; empty when there is none. It is no part of
    /// the settings: an application never sees it.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Section(string name)
    {
        var file = new[] { FileName, SampleName }.Select(file => Path.Combine(LocalFolders.Settings, file)).FirstOrDefault(File.Exists);
        return file is null ? new Dictionary<string, string>() : Read(file, name);
    }

    /// <summary>Writes a file that <c>--attach</c> takes, readable by its owner only: it holds passwords.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, string> values)
    {
        var file = new JsonObject
        {
            ["IsEncrypted"] = false,
            ["Values"] = new JsonObject(values.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        };
        PrivateFile.Write(path, file.ToJsonString(Indented) + "\n");
    }

    private static void Overlay(Dictionary<string, string> settings, Dictionary<string, string> later)
    {
        foreach (var (name, value) in later)
        {
            settings[name] = value;
        }
    }
}
