namespace ToolboxAI.Shared.Deployments.Manifest;

/// <summary>The JSON Schema of <c>toolbox.yml</c>.</summary>
public static class ManifestSchema
{
    private static readonly Lazy<string> Content = new(() =>
    {
        using var stream = typeof(ManifestSchema).Assembly.GetManifestResourceStream("ToolboxAI.toolbox.schema.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    /// <summary>The schema as JSON.</summary>
    public static string Text => Content.Value;
}
