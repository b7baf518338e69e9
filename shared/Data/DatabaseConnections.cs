using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Options;
using Npgsql;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Shared.Data;

/// <summary>
/// Connections of the application's login. Where the login is a secret, a rotated one is taken up by the next connection that is opened;
/// on Azure a token of the platform's identity, renewed in time, stands in for a password.
/// </summary>
public sealed class DatabaseConnections(IOptions<DataOptions> options, SecretReader secrets) : IAsyncDisposable
{
    private const int PreparedStatements = 100;
    private const string TokenScope = "https://ossrdbms-aad.database.windows.net/.default";
    private readonly SemaphoreSlim turn = new(1);
    private Source? source;

    /// <summary>Opens a connection.</summary>
    /// <exception cref="PostgresException">The database refuses the login, also the newest that the vault has.</exception>
    public async Task<NpgsqlConnection> Open(CancellationToken ct)
    {
        try
        {
            return await (await Current(ct)).OpenConnectionAsync(ct);
        }
        catch (PostgresException e) when (options.Value.LoginIsSecret && e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            // The login that we know was retired a moment ago.
            await secrets.ReadAgain(SecretNames.DatabaseLogin, ct);
            return await (await Current(ct)).OpenConnectionAsync(ct);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (source is { } last)
        {
            await last.Database.DisposeAsync();
        }
    }

    private async ValueTask<NpgsqlDataSource> Current(CancellationToken ct)
    {
        var login = options.Value.LoginIsSecret ? await secrets.Current(SecretNames.DatabaseLogin, ct) : null;
        if (source is { } known && known.Login == login?.Version.Version)
        {
            return known.Database;
        }

        await turn.WaitAsync(ct);
        try
        {
            if (source is not { } other || other.Login != login?.Version.Version)
            {
                var old = source;
                source = new(login?.Version.Version, Create(login));

                // Closes what is idle; a connection in use is closed when it is given back.
                await (old?.Database.DisposeAsync() ?? ValueTask.CompletedTask);
            }

            return source.Database;
        }
        finally
        {
            turn.Release();
        }
    }

    private NpgsqlDataSource Create(Secret? secret)
    {
        var builder = new NpgsqlDataSourceBuilder(options.Value.DatabaseConnection);
        if (builder.ConnectionStringBuilder.MaxAutoPrepare == 0)
        {
            // A statement that comes again is neither parsed nor planned again: most of what a request by key cost.
            builder.ConnectionStringBuilder.MaxAutoPrepare = PreparedStatements;
            builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        }

        if (secret is not null)
        {
            var login = DatabaseLogin.Read(secret.Value.Reveal()) ?? throw SecretsException.None(SecretNames.DatabaseLogin);
            builder.ConnectionStringBuilder.Username = login.Login;
            builder.ConnectionStringBuilder.Password = login.Password;
        }
        else if (options.Value.DatabaseAuthentication == "entra")
        {
            var identity = new DefaultAzureCredential();
            var request = new TokenRequestContext([TokenScope]);

            // Asked at each new connection: the identity keeps the token, and renews it ahead of its end.
            builder.UsePasswordProvider(_ => identity.GetToken(request, default).Token, async (_, ct) => (await identity.GetTokenAsync(request, ct)).Token);
        }

        return builder.Build();
    }

    private sealed record Source(string? Login, NpgsqlDataSource Database);
}
