namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Reads places and models. What a file is, its bytes say, not its name.</summary>
public static class RobloxFile
{
    /// <summary>The first bytes of the binary form.</summary>
    public static ReadOnlySpan<byte> BinarySignature => [0x3C, 0x72, 0x6F, 0x62, 0x6C, 0x6F, 0x78, 0x21, 0x89, 0xFF, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The form of a file, or nothing when it is neither a place nor a model.</summary>
    public static RobloxFormat? FormatOf(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(BinarySignature))
        {
            return RobloxFormat.Binary;
        }

        if (file.StartsWith("\uFEFF"u8))
        {
            file = file[3..];
        }

        // An XML declaration and comments may stand before the root element.
        var head = file[..Math.Min(file.Length, 4096)];
        return head.TrimStart(" \t\r\n"u8).StartsWith("<"u8) && head.IndexOf("<roblox"u8) >= 0 && !head.StartsWith("<roblox!"u8)
            ? RobloxFormat.Xml
            : null;
    }

    /// <summary>Reads a place or model.</summary>
    /// <exception cref="FileRefusedException">It is none, is damaged, or exceeds a limit.</exception>
    public static RobloxDocument Read(ReadOnlyMemory<byte> file, FileLimits? limits = null)
    {
        limits ??= FileLimits.Default;
        if (file.Length > limits.MaxFile)
        {
            throw new FileRefusedException("file_too_large", $"The file has {file.Length:N0} bytes; at most {limits.MaxFile:N0} are read.");
        }

        var document = FormatOf(file.Span) switch
        {
            RobloxFormat.Binary => BinaryDocumentReader.Read(file, limits),
            RobloxFormat.Xml => XmlDocumentReader.Read(file, limits),
            _ => throw new FileRefusedException("file_unknown", "The file is neither a Roblox place nor a model: save it from Studio as .rbxl, .rbxlx, .rbxm or .rbxmx."),
        };
        PathCheck.Require(document.Roots, limits);
        return document;
    }
}
