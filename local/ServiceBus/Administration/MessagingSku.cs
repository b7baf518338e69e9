namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>The tier of a namespace.</summary>
public readonly struct MessagingSku : IEquatable<MessagingSku>
{
    private readonly string? value;

    /// <summary>The tier of that name; names are compared without regard to case.</summary>
    public MessagingSku(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        this.value = value;
    }

    /// <summary>Basic.</summary>
    public static MessagingSku Basic { get; } = new("Basic");

    /// <summary>Standard.</summary>
    public static MessagingSku Standard { get; } = new("Standard");

    /// <summary>Premium.</summary>
    public static MessagingSku Premium { get; } = new("Premium");

    /// <summary>From its name.</summary>
    public static implicit operator MessagingSku(string value) => new(value);

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(MessagingSku left, MessagingSku right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(MessagingSku left, MessagingSku right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(MessagingSku other) => string.Equals(value, other.value, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MessagingSku other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => value is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(value);

    /// <inheritdoc/>
    public override string ToString() => value ?? "";
}
