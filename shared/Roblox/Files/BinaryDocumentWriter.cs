using System.Buffers.Binary;
using System.Text;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>Writes the binary form: objects grouped by class, a chunk for each property that any of a class's objects has.</summary>
internal static class BinaryDocumentWriter
{
    private static readonly UTF8Encoding Utf8 = new(false);

    public static byte[] Write(IReadOnlyList<RobloxInstance> roots)
    {
        var all = new RobloxDocument(RobloxFormat.Binary, roots).Instances.ToList();
        var referents = all.Select((instance, index) => (instance, index)).ToDictionary(pair => pair.instance, pair => pair.index);
        var classes = all.GroupBy(instance => instance.ClassName).ToList();
        using var output = new MemoryStream();
        output.Write(RobloxFile.BinarySignature);
        WriteInts(output, BitConverter.GetBytes((short)0), BitConverter.GetBytes(classes.Count), BitConverter.GetBytes(all.Count), new byte[8]);
        for (var id = 0; id < classes.Count; id++)
        {
            output.Write(BinaryChunk.Create("INST", Instances(id, classes[id], referents)).Stored.Span);
        }

        for (var id = 0; id < classes.Count; id++)
        {
            foreach (var name in classes[id].SelectMany(instance => instance.Properties.Keys).Distinct().Order(StringComparer.Ordinal))
            {
                output.Write(BinaryChunk.Create("PROP", Property(id, name, [.. classes[id]])).Stored.Span);
            }
        }

        output.Write(BinaryChunk.Create("PRNT", Parents(all, referents)).Stored.Span);
        WriteInts(output, "END\0"u8.ToArray(), new byte[4], BitConverter.GetBytes(9), new byte[4], "</roblox>"u8.ToArray());
        return output.ToArray();
    }

    private static byte[] Instances(int id, IGrouping<string, RobloxInstance> ofClass, Dictionary<RobloxInstance, int> referents)
    {
        using var content = new MemoryStream();
        WriteInts(content, BitConverter.GetBytes(id));
        WriteText(content, Utf8.GetBytes(ofClass.Key));
        content.WriteByte(0);
        WriteInts(content, BitConverter.GetBytes(ofClass.Count()));
        content.Write(Interleave(Deltas([.. ofClass.Select(instance => referents[instance])])));
        return content.ToArray();
    }

    private static byte[] Property(int id, string name, IReadOnlyList<RobloxInstance> ofClass)
    {
        using var content = new MemoryStream();
        WriteInts(content, BitConverter.GetBytes(id));
        WriteText(content, Utf8.GetBytes(name));
        var kind = ofClass.Select(instance => instance.Properties.GetValueOrDefault(name)).First(value => value is not null)!;
        content.WriteByte(BinaryPropertyTypes.CodeOf(kind));
        switch (kind)
        {
            case PropertyValue.Text:
                foreach (var instance in ofClass)
                {
                    WriteText(content, (Get<PropertyValue.Text>(instance, name)?.Bytes ?? default).Span);
                }

                break;
            case PropertyValue.Bool:
                content.Write([.. ofClass.Select(instance => (byte)(Get<PropertyValue.Bool>(instance, name)?.Value == true ? 1 : 0))]);
                break;
            case PropertyValue.Enumeration:
                content.Write(InterleaveRaw([.. ofClass.Select(instance => (ulong)(Get<PropertyValue.Enumeration>(instance, name)?.Value ?? 0))], 4));
                break;
            case PropertyValue.Capabilities:
                content.Write(InterleaveLongs([.. ofClass.Select(instance => (long)(Get<PropertyValue.Capabilities>(instance, name)?.Bits ?? 0))]));
                break;
        }

        return content.ToArray();
    }

    private static byte[] Parents(List<RobloxInstance> all, Dictionary<RobloxInstance, int> referents)
    {
        using var content = new MemoryStream();
        content.WriteByte(0);
        WriteInts(content, BitConverter.GetBytes(all.Count));
        content.Write(Interleave(Deltas([.. all.Select(instance => referents[instance])])));
        content.Write(Interleave(Deltas([.. all.Select(instance => instance.Parent is null ? -1 : referents[instance.Parent])])));
        return content.ToArray();
    }

    private static T? Get<T>(RobloxInstance instance, string name) where T : PropertyValue => instance.Properties.GetValueOrDefault(name) as T;

    private static int[] Deltas(int[] values) => [.. values.Select((value, i) => i == 0 ? value : value - values[i - 1])];

    private static byte[] Interleave(int[] values) => InterleaveRaw([.. values.Select(value => (ulong)(uint)((value << 1) ^ (value >> 31)))], 4);

    private static byte[] InterleaveLongs(long[] values) => InterleaveRaw([.. values.Select(value => (ulong)((value << 1) ^ (value >> 63)))], 8);

    private static byte[] InterleaveRaw(ulong[] values, int width)
    {
        var bytes = new byte[values.Length * width];
        for (var i = 0; i < values.Length; i++)
        {
            for (var part = 0; part < width; part++)
            {
                bytes[i + (part * values.Length)] = (byte)(values[i] >> (8 * (width - 1 - part)));
            }
        }

        return bytes;
    }

    internal static void WriteText(Stream output, ReadOnlySpan<byte> text)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        output.Write(length);
        output.Write(text);
    }

    private static void WriteInts(MemoryStream output, params byte[][] parts)
    {
        foreach (var part in parts)
        {
            output.Write(part);
        }
    }
}
