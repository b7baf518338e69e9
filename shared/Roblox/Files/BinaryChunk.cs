using System.Buffers.Binary;
using System.Text;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>A chunk of the binary form: as it stands in the file, and unpacked.</summary>
/// <param name="Name">Four letters, e.g. <c>PROP</c>.</param>
/// <param name="Stored">Header and content as they stand in the file.</param>
/// <param name="Content">The unpacked content.</param>
internal sealed record BinaryChunk(string Name, ReadOnlyMemory<byte> Stored, ReadOnlyMemory<byte> Content)
{
    public const int HeaderLength = 16;
    private const int FileHeaderLength = 32;

    /// <summary>All chunks up to the end chunk, one at a time. Content is unpacked only for the names that are wanted.</summary>
    public static IEnumerable<BinaryChunk> ReadAll(ReadOnlyMemory<byte> file, FileLimits limits, Func<string, bool> wanted)
    {
        var at = FileHeaderLength;
        long unpacked = 0;
        while (true)
        {
            var cursor = new ByteCursor(file.Span[Math.Min(at, file.Length)..]);
            var name = Encoding.Latin1.GetString(cursor.Take(4));
            var packed = cursor.UInt32();
            var length = cursor.UInt32();
            cursor.Take(4);
            var stored = packed == 0 ? length : packed;
            if (stored > cursor.Left)
            {
                throw new FileRefusedException("file_truncated", $"The chunk {name} ends after the file does: save it from Studio again.");
            }

            unpacked += length;
            if (unpacked > limits.MaxContent)
            {
                throw new FileRefusedException("content_too_large", $"The file unpacks to more than {limits.MaxContent:N0} bytes.");
            }

            var whole = file.Slice(at, HeaderLength + (int)stored);
            yield return new(name, whole, wanted(name) ? Unpack(name, whole.Span[HeaderLength..], packed != 0, (int)length) : default);
            at += whole.Length;
            if (name == "END\0")
            {
                yield break;
            }
        }
    }

    /// <summary>A chunk of new content, packed as LZ4 literals.</summary>
    public static BinaryChunk Create(string name, ReadOnlySpan<byte> content)
    {
        var packed = Lz4Block.EncodeLiterals(content);
        var stored = new byte[HeaderLength + packed.Length];
        Encoding.Latin1.GetBytes(name).CopyTo(stored, 0);
        BinaryPrimitives.WriteInt32LittleEndian(stored.AsSpan(4), packed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(stored.AsSpan(8), content.Length);
        packed.CopyTo(stored, HeaderLength);
        return new(name, stored, content.ToArray());
    }

    private static byte[] Unpack(string name, ReadOnlySpan<byte> stored, bool isPacked, int length)
    {
        if (!isPacked)
        {
            return stored.ToArray();
        }

        // Never allocate what the stored bytes cannot give: an attacker chooses the length.
        var isZstd = ZstdFrame.IsFrame(stored);
        if (length > (long)stored.Length * (isZstd ? ZstdFrame.MaxRatio : Lz4Block.MaxRatio))
        {
            throw new FileRefusedException("content_too_large", $"The chunk {name} claims to unpack to {length:N0} bytes, more than it can.");
        }

        var content = new byte[length];
        if (isZstd)
        {
            ZstdFrame.Decode(stored, content);
        }
        else if (!Lz4Block.TryDecode(stored, content))
        {
            throw new FileRefusedException("file_damaged", $"The chunk {name} is damaged: save the file from Studio again.");
        }

        return content;
    }
}
