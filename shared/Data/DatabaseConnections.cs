using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Options;
using Npgsql;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Shared.Data;

/// <summary>What a connection is for.</summary>
public enum ConnectionKind
{
    /// <summary>Transactions of one tenant or of the control plane.</summary>
    Transactions,

    /// <summary>Queries that stand for themselves: it can write nothing.</summary>
    Reads,

    /// <summary>Transactions that serve tenants one after the other.</summary>
    Turns,
}

/// <summary>
/// Connections of the application's login. Where the login is a secret, a rotated one is taken up by the next connection that is opened;
/// on Azure a token of the platform's identity, renewed in time, stands in for a password.
/// </summary>
public sealed class DatabaseConnections(IOptions<DataOptions> options, SecretReader secrets) : IAsyncDisposable
{
    private const int PreparedStatements = 100;

    /// <summary>The most connections of each kind, unless the connection string says how many (<c>Maximum Pool Size</c>; a hundred, Npgsql's own default, counts as unsaid).</summary>
    private const int MostConnections = 32;

    private const int PoolSizeOfNpgsql = 100;

    /// <summary>Transactions for several tenants at a time: each connection knows the tables of all, which takes the server memory.</summary>
    public const int MostOfTurns = 2;

    /// <summary>Statements of a thousand tenants.</summary>
    private const int PreparedStatementsOfTurns = 5_000;

    private const string TokenScope = "https://ossrdbms-aad.database.windows.net/.default";
    private readonly SemaphoreSlim turn = new(1);
    private Source? source;

    /// <summary>Opens a connection for a kind of work.</summary>
    /// <exception cref="PostgresException">The database refuses the login, also the newest that the vault has.</exception>
    public async Task<NpgsqlConnection> Open(ConnectionKind kind, CancellationToken ct)
    {
        try
        {
            return await (await Current(ct)).Of(kind).OpenConnectionAsync(ct);
        }
        catch (PostgresException e) when (options.Value.LoginIsSecret && e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            // The login that we know was retired a moment ago.
            await secrets.ReadAgain(SecretNames.DatabaseLogin, ct);
            return await (await Current(ct)).Of(kind).OpenConnectionAsync(ct);
        }
    }

    /// <summary>
    /// Makes connections for queries by key: they can write nothing, plan a query once, and that by its index however small the table still
    /// is. Each goes to its next user as it is, where others are set back to their beginning.
    /// </summary>
    public static NpgsqlDataSourceBuilder ForReads(NpgsqlDataSourceBuilder builder)
    {
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        return builder.UsePhysicalConnectionInitializer(
            connection => OnlyReads(connection).ExecuteNonQuery(), async connection => await OnlyReads(connection).ExecuteNonQueryAsync());

        static NpgsqlCommand OnlyReads(NpgsqlConnection connection) =>
            new("SET default_transaction_read_only = on; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off", connection);
    }

    /// <summary>
    /// Makes connections for transactions that serve tenants in turn: few, and each keeps what it prepared for a tenant, planned once and by
    /// the index, until that tenant comes again.
    /// </summary>
    public static NpgsqlDataSourceBuilder ForTurns(NpgsqlDataSourceBuilder builder)
    {
        var settings = builder.ConnectionStringBuilder;
        (settings.NoResetOnClose, settings.MaxPoolSize) = (true, MostOfTurns);
        (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (PreparedStatementsOfTurns, 1);
        return builder.UsePhysicalConnectionInitializer(
            connection => PlanOnce(connection).ExecuteNonQuery(), async connection => await PlanOnce(connection).ExecuteNonQueryAsync());

        static NpgsqlCommand PlanOnce(NpgsqlConnection connection) => new("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off", connection);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (source is { } last)
        {
            await last.DisposeAsync();
        }
    }

    private async ValueTask<Source> Current(CancellationToken ct)
    {
        var login = options.Value.LoginIsSecret ? await secrets.Current(SecretNames.DatabaseLogin, ct) : null;
        if (source is { } known && known.Login == login?.Version.Version)
        {
            return known;
        }

        await turn.WaitAsync(ct);
        try
        {
            if (source is not { } other || other.Login != login?.Version.Version)
            {
                var old = source;
                source = new(login?.Version.Version, Create(login, ConnectionKind.Transactions), Create(login, ConnectionKind.Reads), Create(login, ConnectionKind.Turns));

                // Closes what is idle; a connection in use is closed when it is given back.
                await (old?.DisposeAsync() ?? ValueTask.CompletedTask);
            }

            return source;
        }
        finally
        {
            turn.Release();
        }
    }

    private NpgsqlDataSource Create(Secret? secret, ConnectionKind kind)
    {
        var builder = new NpgsqlDataSourceBuilder(options.Value.DatabaseConnection);

        // A session's role and schema end with its transaction, which ends before the connection goes back: there is nothing to set back.
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        if (builder.ConnectionStringBuilder.MaxAutoPrepare == 0)
        {
            // A statement that comes again is neither parsed nor planned again: most of what a request by key cost.
            builder.ConnectionStringBuilder.MaxAutoPrepare = PreparedStatements;
            builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        }

        if (builder.ConnectionStringBuilder.MaxPoolSize == PoolSizeOfNpgsql)
        {
            // What is more waits here, where it costs nothing, and not at the server, whose connections all instances share.
            builder.ConnectionStringBuilder.MaxPoolSize = MostConnections;
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

        return (kind switch { ConnectionKind.Reads => ForReads(builder), ConnectionKind.Turns => ForTurns(builder), _ => builder }).Build();
    }

    private sealed record Source(string? Login, NpgsqlDataSource Database, NpgsqlDataSource Reads, NpgsqlDataSource Turns)
    {
        public NpgsqlDataSource Of(ConnectionKind kind) => kind switch { ConnectionKind.Reads => Reads, ConnectionKind.Turns => Turns, _ => Database };

        public async ValueTask DisposeAsync()
        {
            await Database.DisposeAsync();
            await Reads.DisposeAsync();
            await Turns.DisposeAsync();
        }
    }
}
