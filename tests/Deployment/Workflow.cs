using System.Text.RegularExpressions;
using ToolboxAI.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace ToolboxAI.Tests.Deployment;

/// <summary>A workflow file of GitHub Actions.</summary>
public sealed partial class Workflow(string path, string text)
{
    private readonly YamlMappingNode root = Parse(text);

    /// <summary>From the repository's root.</summary>
    public string Path { get; } = path;

    /// <summary>The file.</summary>
    public string Text { get; } = text;

    /// <summary>The jobs by id.</summary>
    public IReadOnlyDictionary<string, YamlMappingNode> Jobs => Map(root, "jobs").Children.ToDictionary(job => Scalar(job.Key), job => (YamlMappingNode)job.Value);

    /// <summary>What runs it, e.g. <c>workflow_call</c>; with the inputs of each.</summary>
    public IReadOnlyDictionary<string, YamlNode> Triggers => Map(root, "on").Children.ToDictionary(trigger => Scalar(trigger.Key), trigger => trigger.Value);

    /// <summary>The rights of its token.</summary>
    public IReadOnlyDictionary<string, string> Permissions =>
        root.Children.TryGetValue("permissions", out var given) ? ((YamlMappingNode)given).Children.ToDictionary(right => Scalar(right.Key), right => Scalar(right.Value)) : new Dictionary<string, string>();

    /// <summary>The names of the environment variables of the whole workflow and of a job.</summary>
    public IEnumerable<string> Variables(YamlMappingNode job) =>
        new[] { root, job }.SelectMany(node => node.Children.TryGetValue("env", out var given) ? ((YamlMappingNode)given).Children.Keys.Select(Scalar) : []);

    /// <summary>The names of a context that its expressions use, e.g. <c>vars</c>.</summary>
    public IEnumerable<string> Uses(string context) =>
        Expression().Matches(Text).SelectMany(expression => Regex.Matches(expression.Value, $@"\b{context}\.([A-Za-z0-9_.-]+)", RegexOptions.None, TimeSpan.FromSeconds(1))).Select(name => name.Groups[1].Value).Distinct();

    /// <summary>All workflows of the repository.</summary>
    public static IReadOnlyList<Workflow> All() =>
        [.. Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, ".github", "workflows")).Order().Select(path => new Workflow(System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), File.ReadAllText(path)))];

    /// <summary>A YAML file's mapping.</summary>
    public static YamlMappingNode Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    /// <summary>The steps of a job.</summary>
    public static IEnumerable<YamlMappingNode> Steps(YamlMappingNode job) => job.Children.TryGetValue("steps", out var steps) ? ((YamlSequenceNode)steps).Cast<YamlMappingNode>() : [];

    /// <summary>A text property, or nothing.</summary>
    public static string? Find(YamlMappingNode node, string name) => node.Children.TryGetValue(name, out var value) ? (value as YamlScalarNode)?.Value : null;

    /// <summary>A property that holds properties; empty when it is not there.</summary>
    public static YamlMappingNode Map(YamlMappingNode node, string name) => node.Children.TryGetValue(name, out var value) && value is YamlMappingNode map ? map : new();

    /// <summary>A text.</summary>
    public static string Scalar(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    /// <summary>One text or several.</summary>
    public static IEnumerable<string> Many(YamlMappingNode node, string name) =>
        !node.Children.TryGetValue(name, out var value) ? [] : value is YamlSequenceNode list ? list.Select(Scalar) : [Scalar(value)];

    [GeneratedRegex(@"\$\{\{.*?\}\}|^\s+if: .*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Expression();
}
