using System.Text.RegularExpressions;

namespace ToolboxAI.Tools.SecretScan;

/// <summary>
/// Finds secrets in text, by their form: keys of the services that we use, passwords in connection strings, private keys, signed tokens. A
/// form that nobody could guess by accident is a finding wherever it stands; there is no list of files that may hold one.
/// </summary>
public static partial class SecretForms
{
    private const string Ours = "local";

    private static readonly (string Kind, Regex Form)[] Forms =
    [
        ("a Stripe key", StripeKey()),
        ("a Stripe webhook secret", StripeWebhookSecret()),
        ("a SendGrid key", SendGridKey()),
        ("an Azure storage or Service Bus key", AzureAccountKey()),
        ("a shared access signature", AzureSignature()),
        ("an Azure client secret", AzureClientSecret()),
        ("a Roblox Open Cloud key", RobloxKey()),
        ("a Roblox cookie", RobloxCookie()),
        ("a Pusher secret", PusherSecret()),
        ("a JWT", Jwt()),
        ("a JWT signing key", JwtKey()),
        ("a private key", PrivateKey()),
        ("a database password", DatabasePassword()),
        ("an API key of ours", OwnKey()),
    ];

    /// <summary>The secrets in a text: what each is and in which line. The secret itself is not part of it.</summary>
    public static IEnumerable<(string Kind, int Line)> Find(string text)
    {
        foreach (var (line, number) in text.Split('\n').Select((line, index) => (line, index + 1)))
        {
            foreach (var (kind, form) in Forms)
            {
                if (form.Matches(line).Any(match => !IsWellKnown(match.Groups["secret"].Value)))
                {
                    yield return (kind, number);
                }
            }
        }
    }

    /// <summary>Azurite's account key, which its own documentation prints, and values that say themselves that they guard nothing.</summary>
    private static bool IsWellKnown(string secret) =>
        secret.StartsWith("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq", StringComparison.Ordinal)
        || secret.Contains(Ours, StringComparison.OrdinalIgnoreCase)
        || secret.Distinct().Count() < 6;

    [GeneratedRegex(@"\b(?<secret>(?:sk|rk)_(?:live|test)_[0-9a-zA-Z]{20,})", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StripeKey();

    [GeneratedRegex(@"\b(?<secret>whsec_[0-9a-zA-Z+/]{24,})", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StripeWebhookSecret();

    [GeneratedRegex(@"\b(?<secret>SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{32,})", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SendGridKey();

    [GeneratedRegex(@"(?:AccountKey|SharedAccessKey)=(?<secret>[0-9A-Za-z+/]{40,}={0,2})", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AzureAccountKey();

    [GeneratedRegex(@"[?&]sig=(?<secret>[0-9A-Za-z%+/]{40,})", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AzureSignature();

    [GeneratedRegex(@"(?<![0-9A-Za-z~._-])(?<secret>[0-9A-Za-z~._-]{3}[78]Q~[0-9A-Za-z~._-]{31,34})(?![0-9A-Za-z~._-])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AzureClientSecret();

    [GeneratedRegex("(?:x-api-key|roblox)[\\w\"' -]{0,30}[:=]\\s*[\"']?(?<secret>[0-9A-Za-z+/]{48,}={0,2})", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RobloxKey();

    [GeneratedRegex(@"_\|WARNING:-DO-NOT-SHARE-THIS[^|]*\|_(?<secret>[0-9A-Fa-f]{32,})", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RobloxCookie();

    [GeneratedRegex("pusher[\\w\"' -]{0,20}secret[\\w\"' -]{0,5}[:=]\\s*[\"']?(?<secret>[0-9a-f]{20})\\b", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PusherSecret();

    [GeneratedRegex(@"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.(?<secret>[0-9A-Za-z_-]{20,})", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Jwt();

    [GeneratedRegex("(?:jwt|token)[\\w\"' -]{0,20}(?:key|secret)[\\w\"' -]{0,5}[:=]\\s*[\"']?(?<secret>[0-9A-Za-z+/_-]{32,}={0,2})", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex JwtKey();

    [GeneratedRegex("-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED )?(?<secret>PRIVATE KEY)-----", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"Password=(?<secret>[0-9A-Za-z!#%&*+/@^_-]{12,})", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DatabasePassword();

    [GeneratedRegex(@"\b(?<secret>tbx_[0-9A-Za-z_-]{43})\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OwnKey();
}
