using System.Text;

namespace ToolboxAI.Tests.Telemetry;

/// <summary>Reads fields with a length out of protobuf messages (protobuf.dev/programming-guides/encoding); all others are passed over.</summary>
public static class Protobuf
{
    /// <summary>The values of a field, of messages in a field, and so on down.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> At(ReadOnlyMemory<byte> message, params int[] path) =>
        path.Aggregate(new[] { message }.AsEnumerable(), (messages, field) => messages.SelectMany(one => Fields(one).Where(found => found.Number == field).Select(found => found.Value)));

    /// <summary>A text field.</summary>
    public static string Text(ReadOnlyMemory<byte> message, int field) => Encoding.UTF8.GetString(At(message, field).FirstOrDefault().Span);

    private static IEnumerable<(int Number, ReadOnlyMemory<byte> Value)> Fields(ReadOnlyMemory<byte> message)
    {
        var position = 0;
        while (position < message.Length)
        {
            var tag = Varint(message, ref position);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref position);
                    break;
                case 1:
                    position += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref position);
                    yield return ((int)(tag >> 3), message.Slice(position, length));
                    position += length;
                    break;
                case 5:
                    position += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7} at {position}.");
            }
        }
    }

    private static ulong Varint(ReadOnlyMemory<byte> message, ref int position)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message.Span[position++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
