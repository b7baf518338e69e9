using System.Text;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Replaces sources in a file and leaves every other byte as it was.</summary>
public static class ScriptEditor
{
    /// <summary>
    /// The file with new sources. The keys count the scripts in the order of <see cref="RobloxDocument.Scripts"/>, from 0.
    /// </summary>
    /// <exception cref="FileRefusedException">The file is not one that can be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no script of that number.</exception>
    public static byte[] Replace(ReadOnlyMemory<byte> file, IReadOnlyDictionary<int, byte[]> sources, FileLimits? limits = null)
    {
        limits ??= FileLimits.Default;
        var document = RobloxFile.Read(file, limits);
        var scripts = document.Scripts;
        foreach (var number in sources.Keys)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(number, nameof(sources));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, scripts.Count, nameof(sources));
        }

        return sources.Count == 0
            ? file.ToArray()
            : document.Format == RobloxFormat.Binary ? ReplaceBinary(file, sources, document, limits) : ReplaceXml(file, sources, document);
    }

    // A source stands in the PROP chunk of its class, one string for each object of the class in INST order: only that chunk is written anew.
    private static byte[] ReplaceBinary(ReadOnlyMemory<byte> file, IReadOnlyDictionary<int, byte[]> sources, RobloxDocument document, FileLimits limits)
    {
        var scripts = document.Scripts;
        var replacements = sources.ToDictionary(pair => (scripts[pair.Key].ClassName, scripts[pair.Key].Instance.OrdinalInClass), pair => pair.Value);
        var classNames = new Dictionary<uint, string>();
        using var output = new MemoryStream();
        output.Write(file.Span[..32]);
        foreach (var chunk in BinaryChunk.ReadAll(file, limits, name => name is "INST" or "PROP"))
        {
            if (chunk.Name == "INST")
            {
                var cursor = new ByteCursor(chunk.Content.Span);
                var id = cursor.UInt32();
                classNames[id] = Encoding.UTF8.GetString(cursor.Text());
            }

            output.Write((chunk.Name == "PROP" ? WithSources(chunk, classNames, replacements) : chunk).Stored.Span);
        }

        return output.ToArray();
    }

    private static BinaryChunk WithSources(BinaryChunk chunk, Dictionary<uint, string> classNames, Dictionary<(string ClassName, int Ordinal), byte[]> replacements)
    {
        var cursor = new ByteCursor(chunk.Content.Span);
        var className = classNames[cursor.UInt32()];
        var isSource = cursor.Text().SequenceEqual("Source"u8) && cursor.Byte() == BinaryPropertyTypes.Text;
        if (!isSource || !replacements.Keys.Any(key => key.ClassName == className))
        {
            return chunk;
        }

        using var content = new MemoryStream();
        content.Write(chunk.Content.Span[..cursor.Position]);
        for (var ordinal = 0; cursor.Left > 0; ordinal++)
        {
            var old = cursor.Text();
            BinaryDocumentWriter.WriteText(content, replacements.TryGetValue((className, ordinal), out var source) ? source : old);
        }

        return BinaryChunk.Create("PROP", content.ToArray());
    }

    // The sources of an XML file stand in document order, as its scripts do.
    private static byte[] ReplaceXml(ReadOnlyMemory<byte> file, IReadOnlyDictionary<int, byte[]> sources, RobloxDocument document)
    {
        var withSource = document.Scripts.Select((script, number) => (script, number)).Where(pair => pair.script.Instance.Properties.ContainsKey("Source")).Select(pair => pair.number).ToList();
        var spans = XmlSourceSpans.Find(file.Span, document);
        if (spans.Count != withSource.Count)
        {
            throw new FileRefusedException("file_unsupported", "The sources of this XML file can't be told apart: save it from Studio again.");
        }

        using var output = new MemoryStream();
        var copied = 0;
        for (var i = 0; i < spans.Count; i++)
        {
            if (sources.TryGetValue(withSource[i], out var source))
            {
                output.Write(file.Span[copied..spans[i].Start]);
                output.Write(Encoding.UTF8.GetBytes(DocumentWriter.Cdata(Encoding.UTF8.GetString(source))));
                copied = spans[i].End;
            }
        }

        output.Write(file.Span[copied..]);
        return output.ToArray();
    }
}
