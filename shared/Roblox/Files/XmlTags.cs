namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Goes over the tags of an XML text in UTF-8, one after the other, past its comments, CDATA sections and processing instructions.</summary>
internal ref struct XmlTags(ReadOnlySpan<byte> file)
{
    private readonly ReadOnlySpan<byte> file = file;

    /// <summary>Where the tag begins: at its <c>&lt;</c>.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends: behind its <c>&gt;</c>, or with the file.</summary>
    public int End { get; private set; }

    /// <summary>The tag with its brackets.</summary>
    public readonly ReadOnlySpan<byte> Tag => file[Start..End];

    /// <summary>Goes on to the next tag; false when there is none.</summary>
    public bool Next()
    {
        for (var at = End; at < file.Length;)
        {
            var open = file[at..].IndexOf((byte)'<');
            if (open < 0)
            {
                break;
            }

            at += open;
            if (!Skip(ref at, "<!--"u8, "-->"u8) && !Skip(ref at, "<![CDATA["u8, "]]>"u8) && !Skip(ref at, "<?"u8, "?>"u8))
            {
                (Start, End) = (at, EndOf(at));
                return true;
            }
        }

        (Start, End) = (file.Length, file.Length);
        return false;
    }

    private readonly bool Skip(ref int at, ReadOnlySpan<byte> open, ReadOnlySpan<byte> close)
    {
        if (!file[at..].StartsWith(open))
        {
            return false;
        }

        var end = file[(at + open.Length)..].IndexOf(close);
        at = end < 0 ? file.Length : at + open.Length + end + close.Length;
        return true;
    }

    // A ">" may stand in an attribute's value.
    private readonly int EndOf(int start)
    {
        var quote = (byte)0;
        for (var at = start; at < file.Length; at++)
        {
            var b = file[at];
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
                return at + 1;
            }
        }

        return file.Length;
    }
}
