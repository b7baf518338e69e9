namespace Azure.Core.Amqp;

/// <summary>A message's id, as text.</summary>
public struct AmqpMessageId : IEquatable<AmqpMessageId>
{
    private readonly string text;

    /// <summary>A message's id of this text.</summary>
    public AmqpMessageId(string messageId)
    {
        ArgumentNullException.ThrowIfNull(messageId);
        text = messageId;
    }

    /// <summary>Whether both are the same text.</summary>
    public static bool operator ==(AmqpMessageId left, AmqpMessageId right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(AmqpMessageId left, AmqpMessageId right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(AmqpMessageId other) => Equals(other.text);

    /// <summary>Whether it is that text.</summary>
    public bool Equals(string? other) => string.Equals(text, other, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AmqpMessageId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => text is null ? 0 : string.GetHashCode(text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => text;
}
