using System.Buffers.Binary;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>
/// A Zstandard frame (RFC 8878) as far as it needs no entropy decoder: raw and run-length blocks. .NET 10 has no Zstandard, so
/// compressed blocks are refused, with a message that says what to do.
/// </summary>
internal static class ZstdFrame
{
    /// <summary>A run-length block is 4 bytes for up to 128 KB.</summary>
    public const int MaxRatio = (128 * 1024) / 4;

    private const uint Magic = 0xFD2FB528;

    /// <summary>Whether the bytes begin like a frame.</summary>
    public static bool IsFrame(ReadOnlySpan<byte> data) => data.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(data) == Magic;

    /// <summary>Unpacks a frame that must fill the output exactly.</summary>
    /// <exception cref="FileRefusedException">It is damaged, or has compressed blocks.</exception>
    public static void Decode(ReadOnlySpan<byte> frame, Span<byte> output)
    {
        var at = HeaderLength(frame);
        var written = 0;
        bool isLast;
        do
        {
            if (frame.Length - at < 3)
            {
                throw Damaged();
            }

            var header = frame[at] | (frame[at + 1] << 8) | (frame[at + 2] << 16);
            at += 3;
            isLast = (header & 1) != 0;
            var size = header >> 3;
            var stored = ((header >> 1) & 3) switch
            {
                0 => size,
                1 => 1,
                2 => throw new FileRefusedException(
                    "zstandard_unsupported", "A part of the file is compressed with Zstandard, which is not read here. Save the file as XML (.rbxlx or .rbxmx) and send that."),
                _ => throw Damaged(),
            };
            if (stored > frame.Length - at || size > output.Length - written)
            {
                throw Damaged();
            }

            if (stored == size && ((header >> 1) & 3) == 0)
            {
                frame.Slice(at, size).CopyTo(output[written..]);
            }
            else
            {
                output.Slice(written, size).Fill(frame[at]);
            }

            at += stored;
            written += size;
        }
        while (!isLast);

        if (written != output.Length)
        {
            throw Damaged();
        }
    }

    // RFC 8878 section 3.1.1.1: descriptor, window, dictionary id, content size.
    private static int HeaderLength(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 5)
        {
            throw Damaged();
        }

        var descriptor = frame[4];
        var isSingleSegment = (descriptor & 0x20) != 0;
        var dictionary = (descriptor & 3) switch { 0 => 0, 1 => 1, 2 => 2, _ => 4 };
        var contentSize = (descriptor >> 6) switch { 0 => isSingleSegment ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        return 5 + (isSingleSegment ? 0 : 1) + dictionary + contentSize;
    }

    private static FileRefusedException Damaged() => new("file_damaged", "A Zstandard part of the file is damaged: save it from Studio again.");
}
