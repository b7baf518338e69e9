namespace Azure.Core.Amqp;

/// <summary>An address, as text.</summary>
public struct AmqpAddress : IEquatable<AmqpAddress>
{
    private readonly string text;

    /// <summary>An address of this text.</summary>
    public AmqpAddress(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        text = address;
    }

    /// <summary>Whether both are the same text.</summary>
    public static bool operator ==(AmqpAddress left, AmqpAddress right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(AmqpAddress left, AmqpAddress right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(AmqpAddress other) => Equals(other.text);

    /// <summary>Whether it is that text.</summary>
    public bool Equals(string? other) => string.Equals(text, other, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AmqpAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => text is null ? 0 : string.GetHashCode(text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => text;
}
