using System.Text.Json;
using System.Text.RegularExpressions;

namespace ToolboxAI.Shared.Secrets;

/// <summary>The names under which secrets stand in the vault.</summary>
public static class SecretNames
{
    /// <summary>Stripe's secret key.</summary>
    public const string StripeApiKey = "stripe-api-key";

    /// <summary>The signing secret of Stripe's webhook endpoint.</summary>
    public const string StripeWebhookSecret = "stripe-webhook-secret";

    /// <summary>SendGrid's API key.</summary>
    public const string SendGridApiKey = "sendgrid-api-key";

    /// <summary>Signs our own tokens.</summary>
    public const string TokenSigningKey = "token-signing-key";

    /// <summary>Wraps the keys that encrypt data.</summary>
    public const string DataWrappingKey = "data-wrapping-key";

    /// <summary>Login and password of a self-hosted database.</summary>
    public const string DatabaseLogin = "database-login";
}

/// <summary>A secret of this platform.</summary>
/// <param name="Name">Its name in the vault.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Form">What a value looks like, in words.</param>
/// <param name="IsWellFormed">Whether a value is one.</param>
/// <param name="Mend">Where a value comes from, for whoever has to make one.</param>
public sealed record SecretKind(string Name, string Purpose, string Form, Func<string, bool> IsWellFormed, string Mend)
{
    /// <summary>Whether its issuer lets us make a new one: without that, an operator brings the value.</summary>
    public bool MadeByUs { get; init; } = true;
}

/// <summary>All secrets of this platform.</summary>
public static partial class SecretCatalogue
{
    private const int KeyBytes = 32;

    /// <summary>In the order in which they are listed.</summary>
    public static IReadOnlyList<SecretKind> All { get; } =
    [
        new(SecretNames.StripeApiKey, "Calls Stripe", "sk_test_…, sk_live_…, rk_test_… or rk_live_…", StripeKey().IsMatch,
            "make a restricted key in Stripe's Dashboard (Developers, API keys)") { MadeByUs = false },
        new(SecretNames.StripeWebhookSecret, "Proves that an event is Stripe's", "whsec_…", WebhookSecret().IsMatch,
            "take the signing secret that Stripe's Dashboard shows for the endpoint (Developers, Webhooks)"),
        new(SecretNames.SendGridApiKey, "Sends mail through SendGrid", "SG.…", SendGridKey().IsMatch,
            "make a key with the scopes mail.send and api_keys in SendGrid (Settings, API Keys)"),
        new(SecretNames.TokenSigningKey, "Signs our own tokens", "base64 of 32 random bytes", IsKey, "openssl rand -base64 32"),
        new(SecretNames.DataWrappingKey, "Wraps the keys that encrypt data", "base64 of 32 random bytes", IsKey, "openssl rand -base64 32"),
        new(SecretNames.DatabaseLogin, "Logs in to a self-hosted database", """{"login":"…","password":"…"}""", text => DatabaseLogin.Read(text) is not null,
            "run shared/Data/SelfHosted/logins.sql and give one of its logins a password"),
    ];

    /// <summary>The secret of this name; null when there is none.</summary>
    public static SecretKind? Find(string name) => All.FirstOrDefault(kind => string.Equals(kind.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// A tenant's Open Cloud key, by its name in the vault: <c>roblox-N-TENANT-NAME</c>, where N is the length of the tenant's slug. Null when the
    /// name is none such. It belongs to the tenant, so it is no part of the platform's inventory and its rotations.
    /// </summary>
    public static SecretKind? OfTenant(string name) => TenantKey().IsMatch(name)
        ? new(name, "A tenant's Open Cloud key", "the key as Roblox shows it, without spaces", text => !text.Any(char.IsWhiteSpace),
            "make an API key in Roblox's Creator Dashboard (Open Cloud, API keys)")
        : null;

    /// <summary>What is wrong with a value; null when nothing is. The value itself is never part of the answer.</summary>
    public static string? Problem(SecretKind kind, string value) =>
        value.Length == 0 ? $"{kind.Name} is empty: {kind.Mend}."
        : IsPlaceholder(value) ? $"{kind.Name} looks like a placeholder: {kind.Mend}."
        : !kind.IsWellFormed(value) ? $"{kind.Name} is malformed, expected is {kind.Form}: {kind.Mend}."
        : null;

    /// <summary>Whether somebody forgot to replace a value: <c>changeme</c>, <c>&lt;your key&gt;</c>, <c>xxxx</c> and the like.</summary>
    public static bool IsPlaceholder(string value) => Placeholder().IsMatch(value);

    private static bool IsKey(string value)
    {
        var bytes = new byte[KeyBytes + 1];
        return Convert.TryFromBase64String(value, bytes, out var length) && length == KeyBytes && bytes.Distinct().Count() > 2;
    }

    [GeneratedRegex("^(sk|rk)_(test|live)_[A-Za-z0-9_]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StripeKey();

    [GeneratedRegex("^whsec_[A-Za-z0-9+/=_-]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WebhookSecret();

    [GeneratedRegex(@"^SG\.[A-Za-z0-9._-]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SendGridKey();

    [GeneratedRegex("^roblox-[0-9]+-[0-9a-zA-Z-]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TenantKey();

    [GeneratedRegex("change[-_ ]?(me|it|this)|replace[-_ ]?me|^<.*>$|^x{3,}$|^todo$|your[-_ ].*(key|secret|password)|^(password|secret|example|placeholder)$",
        RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}

/// <summary>A login of a self-hosted database, as it stands in the vault.</summary>
/// <param name="Login">The role.</param>
/// <param name="Password">Its password.</param>
public sealed record DatabaseLogin(string Login, string Password)
{
    /// <summary>Reads it; null when the text is not one.</summary>
    public static DatabaseLogin? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<DatabaseLogin>(text, JsonSerializerOptions.Web) is { Login.Length: > 0, Password.Length: > 0 } login ? login : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Login;

    /// <summary>Its text in the vault.</summary>
    public string Write() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
