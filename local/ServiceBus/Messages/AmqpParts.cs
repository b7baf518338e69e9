using Azure.Core.Amqp;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>The parts of the AMQP form that have no place among the message's own properties, by name: as they are kept with it.</summary>
internal static class AmqpParts
{
    private const string Value = "value";
    private const string Sequence = "sequence";
    private const string Annotations = "annotations";
    private const string Footer = "footer";

    private static readonly (string Name, Func<AmqpAnnotatedMessage, object?> Read, Action<AmqpAnnotatedMessage, object> Write)[] Fields =
    [
        ("durable", m => m.Header.Durable, (m, v) => m.Header.Durable = (bool)v),
        ("priority", m => m.Header.Priority, (m, v) => m.Header.Priority = (byte)v),
        ("firstAcquirer", m => m.Header.FirstAcquirer, (m, v) => m.Header.FirstAcquirer = (bool)v),
        ("userId", m => m.Properties.UserId?.ToArray(), (m, v) => m.Properties.UserId = (byte[])v),
        ("contentEncoding", m => m.Properties.ContentEncoding, (m, v) => m.Properties.ContentEncoding = (string)v),
        ("absoluteExpiryTime", m => m.Properties.AbsoluteExpiryTime, (m, v) => m.Properties.AbsoluteExpiryTime = (DateTimeOffset)v),
        ("creationTime", m => m.Properties.CreationTime, (m, v) => m.Properties.CreationTime = (DateTimeOffset)v),
        ("groupSequence", m => m.Properties.GroupSequence, (m, v) => m.Properties.GroupSequence = (uint)v),
    ];

    /// <param name="amqp">The message.</param>
    /// <param name="own">Annotations that the message has properties for.</param>
    public static Dictionary<string, object?> Read(AmqpAnnotatedMessage amqp, IReadOnlySet<string> own)
    {
        var parts = new Dictionary<string, object?>();
        foreach (var (name, read, _) in Fields)
        {
            if (read(amqp) is { } value)
            {
                parts[name] = value;
            }
        }

        if (amqp.HasSection(AmqpMessageSection.Footer) && amqp.Footer.Count > 0)
        {
            parts[Footer] = new Dictionary<string, object?>(amqp.Footer);
        }

        if (amqp.HasSection(AmqpMessageSection.MessageAnnotations) && amqp.MessageAnnotations.Where(a => !own.Contains(a.Key)).ToList() is { Count: > 0 } others)
        {
            parts[Annotations] = new Dictionary<string, object?>(others);
        }

        if (amqp.Body.TryGetValue(out var single))
        {
            parts[Value] = single;
        }
        else if (amqp.Body.TryGetSequence(out var lists))
        {
            parts[Sequence] = lists!.Select(list => (object?)list.ToList()).ToList();
        }

        return parts;
    }

    public static void Write(IReadOnlyDictionary<string, object?> parts, AmqpAnnotatedMessage amqp)
    {
        foreach (var (name, _, write) in Fields)
        {
            if (parts.TryGetValue(name, out var value) && value is not null)
            {
                write(amqp, value);
            }
        }

        Fill(amqp.Footer, parts.GetValueOrDefault(Footer));
        Fill(amqp.MessageAnnotations, parts.GetValueOrDefault(Annotations));
    }

    /// <summary>The body in the form in which it was sent: bytes, one value, or sequences of values.</summary>
    public static AmqpMessageBody Body(BusMessage content)
    {
        if (content.Amqp.TryGetValue(Value, out var single))
        {
            return AmqpMessageBody.FromValue(single!);
        }

        return content.Amqp.GetValueOrDefault(Sequence) is IEnumerable<object?> lists
            ? AmqpMessageBody.FromSequence(lists.Select(list => (IList<object>)[.. (IEnumerable<object>)list!]))
            : AmqpMessageBody.FromData([content.Body.ToMemory()]);
    }

    public static BinaryData Joined(IEnumerable<ReadOnlyMemory<byte>> data)
    {
        var segments = data.ToList();
        return BinaryData.FromBytes(segments.Count == 1 ? segments[0] : segments.SelectMany(segment => segment.ToArray()).ToArray());
    }

    /// <summary>Why a body that isn't bytes can't be had as bytes; null when it can.</summary>
    public static NotSupportedException? NotBytes(IReadOnlyDictionary<string, object?> parts) => parts.ContainsKey(Value) || parts.ContainsKey(Sequence)
        ? new("The message's body is an AMQP value or sequence: read it by GetRawAmqpMessage().")
        : null;

    private static void Fill(IDictionary<string, object?> section, object? values)
    {
        foreach (var (name, value) in values as IReadOnlyDictionary<string, object?> ?? new Dictionary<string, object?>())
        {
            section[name] = value;
        }
    }
}
