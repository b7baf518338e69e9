using System.Security.Cryptography;

namespace Azure.Messaging.ServiceBus.Administration;

/// <summary>A named pair of keys and what their holders may do.</summary>
public class SharedAccessAuthorizationRule : AuthorizationRule
{
    private const int KeyBytes = 32;
    private const int MaxLength = 256;

    private string keyName = "";
    private string primaryKey = "";
    private string secondaryKey = "";

    /// <summary>A rule with random keys.</summary>
    public SharedAccessAuthorizationRule(string keyName, IEnumerable<AccessRights> rights) : this(keyName, NewKey(), NewKey(), rights)
    {
    }

    /// <summary>A rule with a given primary key.</summary>
    public SharedAccessAuthorizationRule(string keyName, string primaryKey, IEnumerable<AccessRights> rights)
        : this(keyName, primaryKey, NewKey(), rights)
    {
    }

    /// <summary>A rule with given keys.</summary>
    public SharedAccessAuthorizationRule(string keyName, string primaryKey, string secondaryKey, IEnumerable<AccessRights> rights)
    {
        ArgumentNullException.ThrowIfNull(rights);
        KeyName = keyName;
        PrimaryKey = primaryKey;
        SecondaryKey = secondaryKey;
        Rights = [.. rights];
    }

    /// <inheritdoc/>
    public override string ClaimType => "SharedAccessKey";

    /// <inheritdoc/>
    public override List<AccessRights> Rights { get; set; }

    /// <summary>Up to 256 characters.</summary>
    public sealed override string KeyName { get => keyName; set => keyName = Checked(value); }

    /// <summary>Up to 256 characters.</summary>
    public string PrimaryKey { get => primaryKey; set => primaryKey = Checked(value); }

    /// <summary>Up to 256 characters.</summary>
    public string SecondaryKey { get => secondaryKey; set => secondaryKey = Checked(value); }

    /// <summary>Whether both say the same.</summary>
    public static bool operator ==(SharedAccessAuthorizationRule? left, SharedAccessAuthorizationRule? right) => left?.Equals(right) ?? right is null;

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(SharedAccessAuthorizationRule? left, SharedAccessAuthorizationRule? right) => !(left == right);

    /// <inheritdoc/>
    public override bool Equals(AuthorizationRule? other) => other is SharedAccessAuthorizationRule rule && KeyName == rule.KeyName
        && PrimaryKey == rule.PrimaryKey && SecondaryKey == rule.SecondaryKey && Rights.ToHashSet().SetEquals(rule.Rights);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AuthorizationRule);

    /// <inheritdoc/>
    public override int GetHashCode() => KeyName.GetHashCode(StringComparison.Ordinal);

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    private static string Checked(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, MaxLength, nameof(value));
        return value;
    }
}
