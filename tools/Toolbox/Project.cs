using System.Text.Json.Nodes;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Manifest;

namespace ToolboxAI.Tools;

/// <summary>A folder with its <c>toolbox.yml</c>.</summary>
/// <param name="Folder">Where the files are.</param>
/// <param name="Text">The manifest's text.</param>
/// <param name="Manifest">The manifest, for the environment.</param>
/// <param name="Files">The files' contents by their paths.</param>
public sealed record Project(string Folder, string Text, ResolvedManifest Manifest, IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>Reads a project; what is wrong is said with the line.</summary>
    public static Project Read(string manifestPath, string environment)
    {
        if (!File.Exists(manifestPath))
        {
            throw new ToolboxException(ExitCodes.Usage, $"There is no {manifestPath}. Go to the project's folder, or name the manifest with --manifest.");
        }

        var text = File.ReadAllText(manifestPath);
        var (manifest, errors) = ManifestReader.Read(text, environment);
        if (manifest is null)
        {
            throw new ToolboxException(ExitCodes.Usage, string.Join('\n', errors.Select(error => $"{manifestPath}{(error.Line is { } line ? $":{line}" : "")}: {error.Message}")));
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(manifestPath))!;
        var files = new Dictionary<string, byte[]>();
        foreach (var (file, _) in manifest.Files)
        {
            var path = Path.Combine(folder, file);
            files[file] = File.Exists(path) ? File.ReadAllBytes(path) : throw new ToolboxException(ExitCodes.Usage, $"{manifestPath} names {file}, which is not there.");
        }

        return new(folder, text, manifest, files);
    }

    /// <summary>The body of a plan.</summary>
    public JsonObject PlanRequest(string environment, string? version, string? commit) => new()
    {
        ["manifest"] = Text,
        ["files"] = new JsonObject(Files.Select(file => KeyValuePair.Create(file.Key, (JsonNode?)ContentHash.Of(file.Value)))),
        ["environment"] = environment,
        ["version"] = version,
        ["commit"] = commit,
        ["tools"] = new JsonObject { ["toolbox"] = typeof(Project).Assembly.GetName().Version!.ToString(3) },
    };
}
