namespace ToolboxAI.Shared.Secrets;

/// <summary>Which versions count, and when a cached one is read again.</summary>
public static class SecretRules
{
    /// <summary>How many versions of a secret are read: those beyond were forgotten to be disabled.</summary>
    public const int MostVersions = 5;

    /// <summary>
    /// Whether a version may be used at this time. Key Vault itself enforces neither <c>nbf</c> nor <c>exp</c> when it is read
    /// (Azure/AzureKeyVault#19), so we do.
    /// </summary>
    public static bool IsUsable(SecretVersion version, DateTimeOffset now) =>
        version.Enabled && !(version.NotBefore > now) && !(version.ExpiresAt <= now);

    /// <summary>The version that we use: the newest that is usable and handed out; null when there is none.</summary>
    /// <param name="versions">The newest first.</param>
    /// <param name="now">Business time.</param>
    public static SecretVersion? Current(IEnumerable<SecretVersion> versions, DateTimeOffset now) =>
        versions.FirstOrDefault(version => !version.Pending && IsUsable(version, now));

    /// <summary>The versions that we accept from others: every usable one, those that wait to be handed out among them.</summary>
    public static IEnumerable<SecretVersion> Accepted(IEnumerable<SecretVersion> versions, DateTimeOffset now) =>
        versions.Where(version => IsUsable(version, now)).Take(MostVersions);

    /// <summary>What a caller does with a cached reading of this age.</summary>
    public static CacheStep Cached(TimeSpan age, SecretsOptions options) =>
        age < TimeSpan.Zero || age >= options.FreshFor ? CacheStep.ReadFirst
        : age >= options.RefreshAfter ? CacheStep.UseAndRefresh
        : CacheStep.Use;
}

/// <summary>What a caller does with a cached reading.</summary>
public enum CacheStep
{
    /// <summary>Take it.</summary>
    Use,

    /// <summary>Take it, and have it read again meanwhile: nobody waits for the vault.</summary>
    UseAndRefresh,

    /// <summary>Wait for a new reading; only when that fails the old one is taken.</summary>
    ReadFirst,
}
