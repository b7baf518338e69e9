using System.ComponentModel.DataAnnotations;

namespace ToolboxAI.Shared.Secrets;

/// <summary>How long readings of secrets hold, and how secrets are rotated. Section <c>Secrets</c>.</summary>
public sealed class SecretsOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Secrets";

    /// <summary>After this a reading is renewed while it is still used; 1 second to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RefreshAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>After this a new reading is waited for: within it, every instance knows a new version. 1 second to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>So long an old reading is used while the vault does not answer; 1 second to 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan UsableFor { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How old a secret may become before it is rotated, or its owner is told to; 1 day to 3 years.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "1096.00:00:00")]
    public TimeSpan RotateAfter { get; init; } = TimeSpan.FromDays(180);

    /// <summary>So long old and new version both work after the new one was verified; a rotation can be undone until then. 1 minute to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Overlap { get; init; } = TimeSpan.FromDays(1);

    /// <summary>So long before a version expires it is told of; 1 to 90 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "90.00:00:00")]
    public TimeSpan AlertBefore { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Whether the timer starts rotations by itself; alerts come all the same.</summary>
    public bool RotateByItself { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RefreshAfter > FreshFor || FreshFor > UsableFor)
        {
            yield return new("Secrets__RefreshAfter must not be longer than Secrets__FreshFor, nor that longer than Secrets__UsableFor.");
        }
    }
}

/// <summary>The vault. Section <c>KeyVault</c>.</summary>
public sealed class KeyVaultOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "KeyVault";

    /// <summary>The vault's address, <c>https://NAME.vault.azure.net</c>; empty when a file holds the secrets.</summary>
    public string Uri { get; init; } = "";

    /// <summary>The client id of a user-assigned identity; empty for the system-assigned one.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>A PEM file of one more certificate authority to trust for the vault; empty for the machine's only.</summary>
    public string AuthorityFile { get; init; } = "";
}

/// <summary>The encrypted file, for an installation without a vault. Section <c>SecretsFile</c>.</summary>
public sealed class SecretsFileOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "SecretsFile";

    /// <summary>The file; empty when a vault holds the secrets.</summary>
    public string Path { get; init; } = "";

    /// <summary>The file with the key, base64 of 32 bytes, readable by its owner only: not beside the secrets, and not in their backup.</summary>
    public string KeyFile { get; init; } = "";
}
