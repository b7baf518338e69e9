using System.Text.Json;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>What the holder of a key may do.</summary>
public enum AccessRights
{
    /// <summary>Everything.</summary>
    Manage = 0,

    /// <summary>Send.</summary>
    Send = 1,

    /// <summary>Receive.</summary>
    Listen = 2,
}

/// <summary>Who may do what with an entity. Kept and given back; the local bus asks nobody for a key.</summary>
public abstract class AuthorizationRule : IEquatable<AuthorizationRule>
{
    internal AuthorizationRule()
    {
    }

    /// <summary>The kind of claim.</summary>
    public abstract string ClaimType { get; }

    /// <summary>What is allowed.</summary>
    public abstract List<AccessRights> Rights { get; set; }

    /// <summary>The rule's name.</summary>
    public abstract string KeyName { get; set; }

    /// <summary>When it was created; not kept.</summary>
    public DateTimeOffset CreatedTime { get; internal set; }

    /// <summary>When it was changed; not kept.</summary>
    public DateTimeOffset ModifiedTime { get; internal set; }

    /// <inheritdoc/>
    public abstract bool Equals(AuthorizationRule? other);

    /// <inheritdoc/>
    public abstract override bool Equals(object? obj);

    /// <inheritdoc/>
    public override int GetHashCode() => GetType().GetHashCode();
}

/// <summary>The rules of one entity.</summary>
public class AuthorizationRules : List<AuthorizationRule>, IEquatable<AuthorizationRules>
{
    internal AuthorizationRules()
    {
    }

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(AuthorizationRules? left, AuthorizationRules? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(AuthorizationRules? left, AuthorizationRules? right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(AuthorizationRules? other) => other is not null && this.SequenceEqual(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AuthorizationRules);

    /// <inheritdoc/>
    public override int GetHashCode() => Count;

    internal static AuthorizationRules Read(string? stored)
    {
        var rules = new AuthorizationRules();
        rules.AddRange((stored is null ? null : JsonSerializer.Deserialize<Stored[]>(stored) ?? [])?
            .Select(rule => new SharedAccessAuthorizationRule(rule.Name, rule.Primary, rule.Secondary, rule.Rights)) ?? []);
        return rules;
    }

    /// <summary>Null when there are none.</summary>
    internal string? Write() => Count == 0
        ? null
        : JsonSerializer.Serialize(this.OfType<SharedAccessAuthorizationRule>()
            .Select(rule => new Stored(rule.KeyName, rule.PrimaryKey, rule.SecondaryKey, rule.Rights)));

    private sealed record Stored(string Name, string Primary, string Secondary, List<AccessRights> Rights);
}
