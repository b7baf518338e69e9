using System.Security.Cryptography;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Tests.Secrets;

/// <summary>Encrypted files for installations that tests start.</summary>
public static class SecretsFile
{
    /// <summary>A good value for each secret that an installation needs whose login stands in the connection string.</summary>
    public static IReadOnlyList<(string Name, string Value)> Good { get; } =
    [
        (SecretNames.StripeApiKey, "sk_test_good"),
        (SecretNames.StripeWebhookSecret, "whsec_good"),
        (SecretNames.SendGridApiKey, "SG.good.good"),
        (SecretNames.TokenSigningKey, NewKey()),
        (SecretNames.DataWrappingKey, NewKey()),
    ];

    /// <summary>The names of a file that is not there yet and of its key, which is.</summary>
    public static SecretsFileOptions Create(string folder)
    {
        var options = new SecretsFileOptions { Path = Path.Combine(folder, "secrets"), KeyFile = Path.Combine(folder, "key") };
        File.WriteAllText(options.KeyFile, NewKey());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(options.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return options;
    }

    /// <summary>A key of 32 bytes.</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
