using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>
/// The platform's identity endpoint, in the form that App Service and Functions have (<c>IDENTITY_ENDPOINT</c>, protocol 2019-08-01),
/// and the check of the tokens that it gave. Tokens are opaque to callers, as the real ones should be; they run on the machine's clock.
/// </summary>
internal sealed class VaultTokens(byte[] key, string header)
{
    /// <summary>The audience of the vault's tokens.</summary>
    public const string Resource = "https://vault.azure.net";

    private const string HeaderName = "X-IDENTITY-HEADER";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>What a caller must send to the identity endpoint; the setting <c>IDENTITY_HEADER</c>.</summary>
    public string Header => header;

    /// <summary>Reads the installation's key and header, made at their first use, so that they hold over a restart.</summary>
    public static async Task<VaultTokens> LoadAsync(InstallationSession session, CancellationToken cancellationToken)
    {
        await using var command = session.Database.CreateCommand(
            """
            INSERT INTO simulators.keyvault_identity (key, header) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET id = true RETURNING key, header
            """);
        command.Parameters.Add(new() { Value = RandomNumberGenerator.GetBytes(32) });
        command.Parameters.Add(new() { Value = RandomNumberGenerator.GetHexString(32) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new((byte[])reader[0], reader.GetString(1));
    }

    /// <summary>Answers the identity endpoint.</summary>
    public Task AnswerAsync(HttpContext http)
    {
        if (!Same(http.Request.Headers[HeaderName].ToString(), header))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return http.Response.WriteAsJsonAsync(new { statusCode = 401, message = "The header X-IDENTITY-HEADER is missing or wrong." });
        }

        var resource = http.Request.Query["resource"].ToString();
        if (resource.Length == 0 || http.Request.Query["api-version"].ToString().Length == 0)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return http.Response.WriteAsJsonAsync(new { statusCode = 400, message = "The parameters resource and api-version are needed." });
        }

        var expires = TimeProvider.System.GetUtcNow() + Lifetime;
        return http.Response.WriteAsJsonAsync(new Dictionary<string, string>
        {
            ["access_token"] = Issue(resource, expires),
            ["client_id"] = Guid.Empty.ToString(),
            ["expires_on"] = $"{expires.ToUnixTimeSeconds()}",
            ["resource"] = resource,
            ["token_type"] = "Bearer",
        });
    }

    /// <summary>Whether a bearer token is ours, for the vault and still good.</summary>
    public bool IsGood(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 2 || !Base64Url.IsValid(parts[0]) || !Same(parts[1], Sign(parts[0])))
        {
            return false;
        }

        var claims = JsonSerializer.Deserialize<Claims>(Base64Url.DecodeFromChars(parts[0]))!;
        return claims.Audience.TrimEnd('/') == Resource && claims.Expires > TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
    }

    private static bool Same(string given, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(right));

    private string Issue(string resource, DateTimeOffset expires)
    {
        var claims = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new Claims(resource, expires.ToUnixTimeSeconds())));
        return $"{claims}.{Sign(claims)}";
    }

    private string Sign(string claims) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(claims)));

    private sealed record Claims(string Audience, long Expires);
}
