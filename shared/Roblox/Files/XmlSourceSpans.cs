namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Finds where the sources of scripts stand in the bytes of an XML file that was already read and is well-formed.</summary>
internal static class XmlSourceSpans
{
    /// <summary>The contents of each script's Source element, in document order: between the start tag and the end tag.</summary>
    public static IReadOnlyList<(int Start, int End)> Find(ReadOnlySpan<byte> file, RobloxDocument document)
    {
        var hasSource = new Queue<bool>(document.Instances.Where(instance => instance.Properties.GetValueOrDefault("Source") is PropertyValue.Text).Select(instance => instance.IsScript));
        var spans = new List<(int, int)>();
        var tags = new XmlTags(file);
        while (tags.Next())
        {
            var tag = tags.Tag;
            if ((tag.StartsWith("<ProtectedString "u8) || tag.StartsWith("<string "u8)) && tag.IndexOf("name=\"Source\""u8) > 0 && !tag.EndsWith("/>"u8))
            {
                // What follows up to the next tag is text and CDATA.
                var start = tags.End;
                tags.Next();
                if (hasSource.TryDequeue(out var isScript) && isScript)
                {
                    spans.Add((start, tags.Start));
                }
            }
        }

        return spans;
    }
}
