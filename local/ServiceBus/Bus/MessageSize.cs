using System.Text;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>How large a message is on the wire: its AMQP 1.0 sections, to within a few bytes.</summary>
internal static class MessageSize
{
    /// <summary>Largest message or batch of the Standard tier in bytes, for entities that set no limit of their own.</summary>
    public const long StandardLimit = 256 * 1024;

    private const int SectionOverhead = 12;

    public static long Of(BusMessage content)
    {
        var size = SectionOverhead + Bytes(content.Body.ToMemory().Length);
        size += SectionOverhead + Text(content.MessageId) + Text(content.SessionId) + Text(content.ReplyToSessionId) + Text(content.CorrelationId)
            + Text(content.Subject) + Text(content.To) + Text(content.ContentType) + Text(content.ReplyTo);
        size += Annotation("x-opt-partition-key", content.PartitionKey) + Annotation("x-opt-via-partition-key", content.TransactionPartitionKey);
        size += content.ScheduledEnqueueTime is null ? 0 : Text("x-opt-scheduled-enqueue-time") + 9;
        size += content.TimeToLive is null ? 0 : SectionOverhead + 5;
        size += content.Properties.Count == 0 ? 0 : SectionOverhead;
        foreach (var (key, value) in content.Properties)
        {
            size += Text(key) + Value(value);
        }

        foreach (var (key, value) in content.Amqp)
        {
            size += Text(key) + Value(value);
        }

        return size;
    }

    private static long Annotation(string name, string? value) => value is null ? 0 : Text(name) + Text(value);

    private static long Text(string? value) => value is null ? 1 : Bytes(Encoding.UTF8.GetByteCount(value));

    private static long Bytes(long length) => length + (length < 256 ? 2 : 5);

    private static long Value(object? value) => value switch
    {
        null => 1,
        string text => Text(text),
        byte[] bytes => Bytes(bytes.Length),
        Uri uri => Text(uri.OriginalString) + 20,
        bool => 2,
        byte or sbyte => 2,
        short or ushort => 3,
        int or uint or float or char => 5,
        long or ulong or double => 9,
        System.Collections.IDictionary map => map.Keys.Cast<object>().Sum(key => Value(key) + Value(map[key])) + SectionOverhead,
        System.Collections.IEnumerable list => list.Cast<object?>().Sum(Value) + SectionOverhead,
        _ => 32,
    };
}
