namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Finds where the sources of scripts stand in the bytes of an XML file that was already read and is well-formed.</summary>
internal static class XmlSourceSpans
{
    /// <summary>The contents of each script's Source element, in document order: between the start tag and the end tag.</summary>
    public static IReadOnlyList<(int Start, int End)> Find(ReadOnlySpan<byte> file, RobloxDocument document)
    {
        var hasSource = new Queue<bool>(document.Instances.Where(instance => instance.Properties.GetValueOrDefault("Source") is PropertyValue.Text).Select(instance => instance.IsScript));
        var spans = new List<(int, int)>();
        for (var at = 0; at < file.Length;)
        {
            var open = file[at..].IndexOf((byte)'<');
            if (open < 0)
            {
                break;
            }

            at += open;
            if (Skip(file, ref at, "<!--"u8, "-->"u8) || Skip(file, ref at, "<![CDATA["u8, "]]>"u8) || Skip(file, ref at, "<?"u8, "?>"u8))
            {
                continue;
            }

            var close = TagEnd(file, at);
            var tag = file[at..close];
            at = close;
            if ((tag.StartsWith("<ProtectedString "u8) || tag.StartsWith("<string "u8)) && tag.IndexOf("name=\"Source\""u8) > 0 && !tag.EndsWith("/>"u8))
            {
                var start = at;
                SkipContent(file, ref at);
                if (hasSource.TryDequeue(out var isScript) && isScript)
                {
                    spans.Add((start, at));
                }
            }
        }

        return spans;
    }

    // Over text and CDATA up to the next tag.
    private static void SkipContent(ReadOnlySpan<byte> file, ref int at)
    {
        while (true)
        {
            at += file[at..].IndexOf((byte)'<');
            if (!Skip(file, ref at, "<![CDATA["u8, "]]>"u8) && !Skip(file, ref at, "<!--"u8, "-->"u8))
            {
                return;
            }
        }
    }

    private static bool Skip(ReadOnlySpan<byte> file, ref int at, ReadOnlySpan<byte> open, ReadOnlySpan<byte> close)
    {
        if (!file[at..].StartsWith(open))
        {
            return false;
        }

        var end = file[(at + open.Length)..].IndexOf(close);
        at = end < 0 ? file.Length : at + open.Length + end + close.Length;
        return true;
    }

    // The end of a tag; a ">" may stand in an attribute's value.
    private static int TagEnd(ReadOnlySpan<byte> file, int at)
    {
        var quote = (byte)0;
        for (var i = at; i < file.Length; i++)
        {
            var b = file[i];
            if (quote != 0)
            {
                quote = b == quote ? (byte)0 : quote;
            }
            else if (b is (byte)'"' or (byte)'\'')
            {
                quote = b;
            }
            else if (b == '>')
            {
                return i + 1;
            }
        }

        return file.Length;
    }
}
