using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ToolboxAI.Shared.Data;

/// <summary>Ids that sort by the time of their making and say what they name: <c>dep_01k8…</c>.</summary>
public static class Ids
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";       // Crockford's base 32: in the order of the characters
    private const int RandomBytes = 10;

    /// <summary>A new id: the prefix, an underscore and 26 characters (48 bits of milliseconds, 74 of randomness).</summary>
    public static string New(string prefix, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
        return Text(prefix, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>The id of what has a unique name already: the same form, with 80 bits of the name's SHA-256 instead of randomness.</summary>
    public static string Of(string name, string prefix, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, (UInt128)now.ToUnixTimeMilliseconds() << (8 * RandomBytes));
        SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, RandomBytes).CopyTo(bytes[^RandomBytes..]);
        return Text(prefix, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    private static string Text(string prefix, UInt128 value) => string.Create(prefix.Length + 27, (prefix, value), static (text, state) =>
    {
        state.prefix.CopyTo(text);
        text[state.prefix.Length] = '_';
        var rest = state.value;
        for (var i = text.Length - 1; i > state.prefix.Length; i--, rest >>= 5)
        {
            text[i] = Alphabet[(int)(rest & 31)];
        }
    });
}
