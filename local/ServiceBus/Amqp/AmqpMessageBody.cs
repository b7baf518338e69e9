namespace Azure.Core.Amqp;

/// <summary>A body: bytes, one value, or sequences of values.</summary>
public class AmqpMessageBody
{
    private readonly IEnumerable<ReadOnlyMemory<byte>>? data;
    private readonly IEnumerable<IList<object>>? sequence;
    private readonly object? value;

    /// <summary>Bytes, in one part or several.</summary>
    public AmqpMessageBody(IEnumerable<ReadOnlyMemory<byte>> data)
        : this(AmqpMessageBodyType.Data) => this.data = data ?? throw new ArgumentNullException(nameof(data));

    private AmqpMessageBody(IEnumerable<IList<object>> sequence)
        : this(AmqpMessageBodyType.Sequence) => this.sequence = sequence ?? throw new ArgumentNullException(nameof(sequence));

    private AmqpMessageBody(object value, AmqpMessageBodyType type)
        : this(type) => this.value = value ?? throw new ArgumentNullException(nameof(value));

    private AmqpMessageBody(AmqpMessageBodyType type) => BodyType = type;

    /// <summary>What the body is.</summary>
    public AmqpMessageBodyType BodyType { get; }

    /// <summary>Bytes, in one part or several.</summary>
    public static AmqpMessageBody FromData(IEnumerable<ReadOnlyMemory<byte>> data) => new(data);

    /// <summary>Sequences of values: what a message can carry as a property, and lists and maps of it.</summary>
    public static AmqpMessageBody FromSequence(IEnumerable<IList<object>> sequence) => new(sequence);

    /// <summary>One value: what a message can carry as a property, or a list or map of it.</summary>
    public static AmqpMessageBody FromValue(object value) => new(value, AmqpMessageBodyType.Value);

    /// <summary>Whether the body is bytes.</summary>
    public bool TryGetData(out IEnumerable<ReadOnlyMemory<byte>>? data)
    {
        data = this.data;
        return BodyType == AmqpMessageBodyType.Data;
    }

    /// <summary>Whether the body is sequences.</summary>
    public bool TryGetSequence(out IEnumerable<IList<object>>? sequence)
    {
        sequence = this.sequence;
        return BodyType == AmqpMessageBodyType.Sequence;
    }

    /// <summary>Whether the body is one value.</summary>
    public bool TryGetValue(out object? value)
    {
        value = this.value;
        return BodyType == AmqpMessageBodyType.Value;
    }
}

/// <summary>What a body is.</summary>
public enum AmqpMessageBodyType
{
    /// <summary>Bytes.</summary>
    Data = 0,

    /// <summary>One value.</summary>
    Value = 1,

    /// <summary>Sequences of values.</summary>
    Sequence = 2,
}
