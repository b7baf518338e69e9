using System.Collections.Concurrent;
using Npgsql;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions;

/// <summary>What a key opens.</summary>
internal enum KeyKind
{
    /// <summary>Everything; there is one, named <c>_master</c>.</summary>
    Master,

    /// <summary>Every function of level Function.</summary>
    Host,

    /// <summary>The endpoints of one extension.</summary>
    System,

    /// <summary>One function.</summary>
    Function,
}

/// <summary>A key as it is kept: never itself, only its SHA-256.</summary>
/// <param name="Scope">The function's name, in lower case; empty for the other kinds.</param>
internal sealed record StoredKey(KeyKind Kind, string Scope, string Name, byte[] Hash);

/// <summary>Keeps the keys.</summary>
internal interface IKeyStore
{
    Task<IReadOnlyList<StoredKey>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Writes a key. True when it is new, false when it took the place of another.</summary>
    Task<bool> WriteAsync(StoredKey key, CancellationToken cancellationToken);

    /// <summary>Removes a key. False when there is none.</summary>
    Task<bool> RemoveAsync(KeyKind kind, string scope, string name, CancellationToken cancellationToken);

    /// <summary>A secret of the installation, made once, from which the system keys are derived.</summary>
    Task<byte[]> SecretAsync(CancellationToken cancellationToken);
}

/// <summary>Without an installation: keys live as long as the process.</summary>
internal sealed class MemoryKeyStore : IKeyStore
{
    private readonly ConcurrentDictionary<(KeyKind, string, string), StoredKey> keys = new();
    private readonly byte[] secret = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32);

    public Task<IReadOnlyList<StoredKey>> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredKey>>([.. keys.Values]);

    public Task<bool> WriteAsync(StoredKey key, CancellationToken cancellationToken)
    {
        var isNew = !keys.ContainsKey((key.Kind, key.Scope, key.Name));
        keys[(key.Kind, key.Scope, key.Name)] = key;
        return Task.FromResult(isNew);
    }

    public Task<bool> RemoveAsync(KeyKind kind, string scope, string name, CancellationToken cancellationToken) =>
        Task.FromResult(keys.TryRemove((kind, scope, name), out _));

    public Task<byte[]> SecretAsync(CancellationToken cancellationToken) => Task.FromResult(secret);
}

/// <summary>Keys in the installation's database, shared by its applications.</summary>
internal sealed class PostgresKeyStore(InstallationSession session) : IKeyStore
{
    private const string Script = """
        CREATE SCHEMA IF NOT EXISTS functions;
        CREATE TABLE IF NOT EXISTS functions.keys (
            kind text NOT NULL,
            scope text NOT NULL,
            name text NOT NULL,
            hash bytea NOT NULL,
            PRIMARY KEY (kind, scope, name));
        CREATE TABLE IF NOT EXISTS functions.secret (id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1), value bytea NOT NULL);
        INSERT INTO functions.secret (value) VALUES (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')) ON CONFLICT DO NOTHING;
        """;

    private readonly Lazy<Task> installed = new(() => InstallationSchema.InstallAsync(session.Database, "functions.keys", Script, CancellationToken.None));
    private byte[]? secret;       // never changes: read once

    public async Task<IReadOnlyList<StoredKey>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync("SELECT kind, scope, name, hash FROM functions.keys ORDER BY name").ConfigureAwait(false);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var keys = new List<StoredKey>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            keys.Add(new(Enum.Parse<KeyKind>(reader.GetString(0)), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3)));
        }

        return keys;
    }

    public async Task<bool> WriteAsync(StoredKey key, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync(
            """
            INSERT INTO functions.keys VALUES ($1, $2, $3, $4)
            ON CONFLICT (kind, scope, name) DO UPDATE SET hash = excluded.hash RETURNING (xmax = 0)
            """,
            key.Kind.ToString(), key.Scope, key.Name, key.Hash).ConfigureAwait(false);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    public async Task<bool> RemoveAsync(KeyKind kind, string scope, string name, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync(
            "DELETE FROM functions.keys WHERE kind = $1 AND scope = $2 AND name = $3", kind.ToString(), scope, name).ConfigureAwait(false);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 1;
    }

    public async Task<byte[]> SecretAsync(CancellationToken cancellationToken)
    {
        if (secret is null)
        {
            await using var command = await CommandAsync("SELECT value FROM functions.secret").ConfigureAwait(false);
            secret = (byte[])(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }

        return secret;
    }

    private async Task<NpgsqlCommand> CommandAsync(string sql, params object[] values)
    {
        await installed.Value.ConfigureAwait(false);
        var command = session.Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
