using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Shared.Identity;

/// <summary>A token and when it ends.</summary>
public sealed record AccessToken(string Token, DateTimeOffset ExpiresAt);

/// <summary>What a good token says.</summary>
/// <param name="KeyId">The API key that it stands for; whether that is still good is another question.</param>
/// <param name="Scope">The one thing that it may do.</param>
public sealed record TokenClaims(string KeyId, string Scope);

/// <summary>
/// Short-lived tokens of our own (JWT, HS256): a Studio plugin carries one instead of its owner's API key. Signed with the current version
/// of the signing key, taken under every version that is accepted; they carry the machine's time, as what others stamp does.
/// </summary>
public sealed class AccessTokens(SecretReader secrets, MachineClock clock)
{
    /// <summary>How long a token is good: shorter than a rotation's overlap, so that none outlives its key.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private const string Issuer = "toolboxai";
    private const int MostText = 2_000;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Whether a text has the form of a token, and none of an API key.</summary>
    public static bool IsToken(string text) => text.Length <= MostText && text.Count(c => c == '.') == 2;

    /// <summary>Gives a token that may do one thing in the name of an API key.</summary>
    public async Task<AccessToken> Issue(ApiKey key, Permission permission, CancellationToken ct)
    {
        var secret = await secrets.Current(SecretNames.TokenSigningKey, ct);
        var now = clock.UtcNow;
        var expires = now + Lifetime;
        var header = Encode(new Header("HS256", "JWT", secret.Version.Version));
        var claims = Encode(new Claims(Issuer, key.Id, permission.Scope(), now.ToUnixTimeSeconds(), expires.ToUnixTimeSeconds()));
        return new($"{header}.{claims}.{Base64Url.EncodeToString(Sign(secret, $"{header}.{claims}"))}", expires);
    }

    /// <summary>What a token says; null when it is not a good one of ours.</summary>
    public async Task<TokenClaims?> Read(string token, CancellationToken ct)
    {
        var parts = token.Split('.');
        if (!Array.TrueForAll(parts, part => Base64Url.IsValid(part)) || Decode<Header>(parts[0]) is not { Alg: "HS256" } header
            || await Find(header.Kid, ct) is not { } secret
            || !CryptographicOperations.FixedTimeEquals(Sign(secret, $"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]))
            || Decode<Claims>(parts[1]) is not { Issuer: Issuer } claims)
        {
            return null;
        }

        var (from, to) = (DateTimeOffset.FromUnixTimeSeconds(claims.IssuedAt), DateTimeOffset.FromUnixTimeSeconds(claims.Expires));
        return clock.UtcNow < from - Skew || clock.UtcNow >= to
            ? null
            : new(claims.Subject, claims.Scope);
    }

    /// <summary>The version that signed; one that was handed out a moment ago may not have been read yet.</summary>
    private async Task<Secret?> Find(string version, CancellationToken ct) =>
        await Accepted(version, ct) ?? (await secrets.ReadAgain(SecretNames.TokenSigningKey, ct) ? await Accepted(version, ct) : null);

    private async Task<Secret?> Accepted(string version, CancellationToken ct) =>
        (await secrets.Accepted(SecretNames.TokenSigningKey, ct)).FirstOrDefault(secret => secret.Version.Version == version);

    private static byte[] Sign(Secret secret, string text) => HMACSHA256.HashData(Convert.FromBase64String(secret.Value.Reveal()), Encoding.ASCII.GetBytes(text));

    private static string Encode<T>(T part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));

    private static T? Decode<T>(string part) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Base64Url.DecodeFromChars(part));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Header([property: JsonPropertyName("alg")] string Alg, [property: JsonPropertyName("typ")] string Type, [property: JsonPropertyName("kid")] string Kid);

    private sealed record Claims(
        [property: JsonPropertyName("iss")] string Issuer,
        [property: JsonPropertyName("sub")] string Subject,
        [property: JsonPropertyName("scope")] string Scope,
        [property: JsonPropertyName("iat")] long IssuedAt,
        [property: JsonPropertyName("exp")] long Expires);
}
