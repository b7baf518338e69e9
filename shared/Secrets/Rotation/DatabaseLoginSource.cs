using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>
/// The login of a self-hosted database: of two, one is used and the other gets a new password (<c>shared/Data/SelfHosted/logins.sql</c>).
/// The server sees SCRAM verifiers only, never a password.
/// </summary>
public sealed class DatabaseLoginSource(SecretReader secrets, IUnitOfWorkFactory units, IOptions<DataOptions> options) : ICredentialSource
{
    private const string Blue = "toolbox_app_blue";
    private const string Green = "toolbox_app_green";
    private const string Set = "SELECT logins.set_verifier(@login, @verifier)";
    private const int PasswordBytes = 32;

    /// <inheritdoc/>
    public string Name => SecretNames.DatabaseLogin;

    /// <inheritdoc/>
    public async Task<MadeCredential> Make(string rotationId, CancellationToken ct)
    {
        var used = Read(await secrets.Current(Name, ct)).Login;
        var made = new DatabaseLogin(used == Blue ? Green : Blue, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes)));
        await SetVerifier(made.Login, ScramVerifier.Of(made.Password), ct);
        return new(new(made.Write()), made.Login);
    }

    /// <inheritdoc/>
    public async Task Verify(Secret secret, CancellationToken ct)
    {
        var login = Read(secret);
        var connectionString = new NpgsqlConnectionStringBuilder(options.Value.DatabaseConnection) { Username = login.Login, Password = login.Password, Pooling = false };
        try
        {
            await using var connection = new NpgsqlConnection(connectionString.ConnectionString);
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM toolbox.tenants)", connection);
            await command.ExecuteScalarAsync(ct);
        }
        catch (NpgsqlException e)
        {
            throw new SecretsException(GatewayFailure.Transient, $"The login {login.Login} can't use the database: {e.SqlState}.");
        }
    }

    /// <inheritdoc/>
    public async Task Revoke(Secret secret, Secret? kept, CancellationToken ct)
    {
        // The kept one may be the same login with a later password, when rotations followed one another in haste.
        var ended = Read(secret).Login;
        var staying = kept ?? await secrets.Current(Name, ct);
        if (ended != Read(staying).Login)
        {
            await SetVerifier(ended, null, ct);
        }
    }

    private static DatabaseLogin Read(Secret secret) => DatabaseLogin.Read(secret.Value.Reveal()) ?? throw SecretsException.None(SecretNames.DatabaseLogin);

    private async Task SetVerifier(string login, string? verifier, CancellationToken ct)
    {
        try
        {
            await using var work = await units.Begin(ct);
            await work.Execute(Set, new { login, verifier }, ct);
            await work.Commit(ct);
        }
        catch (NpgsqlException e)
        {
            throw new SecretsException(GatewayFailure.Unclear, $"The database did not set the password of {login}: {e.SqlState}.");
        }
    }
}

/// <summary>What PostgreSQL keeps of a password (RFC 5803), made on our side so that the password does not travel.</summary>
internal static class ScramVerifier
{
    private const int Iterations = 4096;
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;

    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, KeyBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
