using System.Buffers.Binary;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>A raw LZ4 block, without a frame (lz4 Block Format Description). The platform has no LZ4 of its own.</summary>
internal static class Lz4Block
{
    /// <summary>The format can't expand a byte to more than this, so a larger claim is a lie.</summary>
    public const int MaxRatio = 255;

    private const int MinMatch = 4;

    /// <summary>Unpacks a block that must fill the output exactly; false when it does not.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> block, Span<byte> output)
    {
        int read = 0, written = 0;
        while (read < block.Length)
        {
            var token = block[read++];
            if (!TryLength(block, ref read, token >> 4, out var literals)
                || literals > block.Length - read || literals > output.Length - written)
            {
                return false;
            }

            block.Slice(read, literals).CopyTo(output[written..]);
            read += literals;
            written += literals;
            if (read == block.Length)
            {
                break;      // the last sequence has literals only
            }

            if (block.Length - read < 2)
            {
                return false;
            }

            var offset = BinaryPrimitives.ReadUInt16LittleEndian(block[read..]);
            read += 2;
            if (!TryLength(block, ref read, token & 15, out var match))
            {
                return false;
            }

            match += MinMatch;
            if (offset == 0 || offset > written || match > output.Length - written)
            {
                return false;
            }

            // Source and target may overlap: that is how a run is written.
            for (var i = 0; i < match; i++, written++)
            {
                output[written] = output[written - offset];
            }
        }

        return written == output.Length;
    }

    /// <summary>Packs bytes as literals only: valid LZ4, nothing saved. What we write is small and rare.</summary>
    public static byte[] EncodeLiterals(ReadOnlySpan<byte> content)
    {
        var block = new List<byte>(content.Length + (content.Length / 255) + 2);
        block.Add((byte)(Math.Min(content.Length, 15) << 4));
        for (var rest = content.Length - 15; rest >= 0; rest -= 255)
        {
            block.Add((byte)Math.Min(rest, 255));
        }

        block.AddRange(content);
        return [.. block];
    }

    private static bool TryLength(ReadOnlySpan<byte> block, ref int read, int nibble, out int length)
    {
        length = nibble;
        if (nibble < 15)
        {
            return true;
        }

        byte more;
        do
        {
            if (read >= block.Length)
            {
                return false;
            }

            more = block[read++];
            length += more;
        }
        while (more == 255);
        return true;
    }
}
