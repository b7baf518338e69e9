namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>Whether an entity can be sent to and received from.</summary>
public readonly struct EntityStatus : IEquatable<EntityStatus>
{
    private readonly string? value;

    /// <summary>The status of that name; names are compared without regard to case.</summary>
    public EntityStatus(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        this.value = value;
    }

    /// <summary>Sent to and received from.</summary>
    public static EntityStatus Active { get; } = new("Active");

    /// <summary>Neither.</summary>
    public static EntityStatus Disabled { get; } = new("Disabled");

    /// <summary>Received from only.</summary>
    public static EntityStatus SendDisabled { get; } = new("SendDisabled");

    /// <summary>Sent to only.</summary>
    public static EntityStatus ReceiveDisabled { get; } = new("ReceiveDisabled");

    /// <summary>From its name.</summary>
    public static implicit operator EntityStatus(string value) => new(value);

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(EntityStatus left, EntityStatus right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(EntityStatus left, EntityStatus right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(EntityStatus other) => string.Equals(value, other.value, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EntityStatus other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => value is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(value);

    /// <inheritdoc/>
    public override string ToString() => value ?? "";
}
