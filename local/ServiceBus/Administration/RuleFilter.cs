namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>Which of a topic's messages a subscription gets.</summary>
public abstract class RuleFilter : IEquatable<RuleFilter>
{
    internal RuleFilter()
    {
    }

    /// <inheritdoc/>
    public abstract bool Equals(RuleFilter? other);

    /// <inheritdoc/>
    public abstract override bool Equals(object? obj);

    /// <inheritdoc/>
    public override int GetHashCode() => GetType().GetHashCode();
}

/// <summary>What is changed on a message that a subscription gets.</summary>
public abstract class RuleAction : IEquatable<RuleAction>
{
    internal RuleAction()
    {
    }

    /// <inheritdoc/>
    public abstract bool Equals(RuleAction? other);

    /// <inheritdoc/>
    public abstract override bool Equals(object? obj);

    /// <inheritdoc/>
    public override int GetHashCode() => GetType().GetHashCode();
}
