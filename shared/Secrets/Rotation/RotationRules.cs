namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>How a secret is.</summary>
public enum SecretState
{
    /// <summary>Nothing is to be done.</summary>
    Ok,

    /// <summary>Its age calls for a rotation.</summary>
    Due,

    /// <summary>It expires soon: something keeps the rotation from happening.</summary>
    Expiring,

    /// <summary>It has expired and is not used any more.</summary>
    Expired,

    /// <summary>There is none.</summary>
    Missing,
}

/// <summary>When a secret is rotated, and when its owner is told.</summary>
public static class RotationRules
{
    /// <summary>How a secret is at this time.</summary>
    /// <param name="versions">The newest first.</param>
    /// <param name="options">The times.</param>
    /// <param name="now">Business time.</param>
    public static SecretState State(IReadOnlyList<SecretVersion> versions, SecretsOptions options, DateTimeOffset now)
    {
        if (SecretRules.Current(versions, now) is not { } current)
        {
            return versions.Any(version => version.Enabled && version.ExpiresAt <= now) ? SecretState.Expired : SecretState.Missing;
        }

        return current.ExpiresAt - options.AlertBefore <= now ? SecretState.Expiring
            : RotateAt(current, options) <= now ? SecretState.Due
            : SecretState.Ok;
    }

    /// <summary>When a version has grown old enough, or is near enough to its end.</summary>
    public static DateTimeOffset RotateAt(SecretVersion current, SecretsOptions options)
    {
        var byAge = current.CreatedAt + options.RotateAfter;
        return current.ExpiresAt - options.AlertBefore is { } byExpiry && byExpiry < byAge ? byExpiry : byAge;
    }

    /// <summary>When the version that a rotation makes now expires: so late that the next rotation comes before the first alert.</summary>
    public static DateTimeOffset ExpiryOfNew(SecretsOptions options, DateTimeOffset now) => now + options.RotateAfter + options.Overlap + (options.AlertBefore * 2);

    /// <summary>The start of a rotation.</summary>
    public static RotationStart Start(string name, string rotationId, SecretsOptions options, DateTimeOffset now, DateTimeOffset? expiresAt = null) =>
        new(name, rotationId, options.FreshFor, options.Overlap, expiresAt ?? ExpiryOfNew(options, now));
}
