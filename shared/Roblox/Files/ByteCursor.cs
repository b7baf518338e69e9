using System.Buffers.Binary;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Reads little-endian values in order; every read is checked against the end.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> data = data;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly int Left => data.Length - Position;

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left)
        {
            throw new FileRefusedException("file_truncated", "The file ends too early, or a length in it is wrong: save it from Studio again.");
        }

        var bytes = data.Slice(Position, count);
        Position += count;
        return bytes;
    }

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>A length that is followed by at least that many units of <paramref name="unit"/> bytes.</summary>
    public int Count(int unit)
    {
        var count = UInt32();
        if (count > (uint)(Left / unit))
        {
            throw new FileRefusedException("file_damaged", $"The file claims {count:N0} entries where it has room for {Left / unit:N0}.");
        }

        return (int)count;
    }

    /// <summary>A string: its length and its bytes.</summary>
    public ReadOnlySpan<byte> Text() => Take(Count(1));

    /// <summary>Interleaved zigzag integers: all first bytes, then all second ones, big endian.</summary>
    public int[] InterleavedInts(int count)
    {
        var bytes = Take(checked(count * 4));
        var values = new int[count];
        for (var i = 0; i < count; i++)
        {
            var raw = ((uint)bytes[i] << 24) | ((uint)bytes[i + count] << 16) | ((uint)bytes[i + (2 * count)] << 8) | bytes[i + (3 * count)];
            values[i] = (int)(raw >> 1) ^ -(int)(raw & 1);
        }

        return values;
    }

    /// <summary>Interleaved unsigned integers, as enumerations are stored.</summary>
    public uint[] InterleavedUInts(int count)
    {
        var bytes = Take(checked(count * 4));
        var values = new uint[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = ((uint)bytes[i] << 24) | ((uint)bytes[i + count] << 16) | ((uint)bytes[i + (2 * count)] << 8) | bytes[i + (3 * count)];
        }

        return values;
    }

    /// <summary>Interleaved zigzag integers of 64 bits.</summary>
    public long[] InterleavedLongs(int count)
    {
        var bytes = Take(checked(count * 8));
        var values = new long[count];
        for (var i = 0; i < count; i++)
        {
            ulong raw = 0;
            for (var part = 0; part < 8; part++)
            {
                raw = (raw << 8) | bytes[i + (part * count)];
            }

            values[i] = (long)(raw >> 1) ^ -(long)(raw & 1);
        }

        return values;
    }

    /// <summary>Referents: integers that accumulate.</summary>
    public int[] Referents(int count)
    {
        var values = InterleavedInts(count);
        for (var i = 1; i < count; i++)
        {
            values[i] = unchecked(values[i] + values[i - 1]);
        }

        return values;
    }
}
