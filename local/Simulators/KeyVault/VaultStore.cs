using System.Text.Json;
using Npgsql;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>A version of a secret, as it stands in its row. Names are compared without regard to case, and shown as they were first written.</summary>
internal sealed record StoredVersion
{
    public required long Number { get; init; }
    public required string Name { get; init; }
    public required string Version { get; init; }
    public required string Value { get; init; }
    public string? ContentType { get; init; }
    public required bool Enabled { get; init; }
    public long? NotBefore { get; init; }
    public long? Expires { get; init; }
    public required long Created { get; init; }
    public required long Updated { get; init; }
    public Dictionary<string, string>? Tags { get; init; }
}

/// <summary>A name in the deleted state.</summary>
internal sealed record StoredDeletion(string Name, long DeletedAt, long PurgeAt);

/// <summary>What the vault holds.</summary>
internal sealed class VaultStore(SimulatorTransaction transaction, CancellationToken cancellationToken)
{
    public const string Script = """
        CREATE TABLE IF NOT EXISTS simulators.keyvault_versions (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL,
            version text NOT NULL,
            body jsonb NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS keyvault_versions_name ON simulators.keyvault_versions (lower(name), version);
        CREATE TABLE IF NOT EXISTS simulators.keyvault_deletions (
            name text PRIMARY KEY,
            body jsonb NOT NULL);
        CREATE TABLE IF NOT EXISTS simulators.keyvault_identity (
            id boolean PRIMARY KEY DEFAULT true CHECK (id),
            key bytea NOT NULL,
            header text NOT NULL);
        """;

    public Task AddAsync(StoredVersion version) => transaction.ExecuteAsync(
        "INSERT INTO simulators.keyvault_versions (name, version, body) VALUES ($1, $2, $3::jsonb)",
        cancellationToken, version.Name, version.Version, JsonSerializer.Serialize(version));

    public Task SaveAsync(StoredVersion version) => transaction.ExecuteAsync(
        "UPDATE simulators.keyvault_versions SET body = $2::jsonb WHERE number = $1", cancellationToken, version.Number, JsonSerializer.Serialize(version));

    /// <summary>The versions of a secret, the newest first.</summary>
    public Task<List<StoredVersion>> VersionsAsync(string name) =>
        ReadAsync("SELECT number, body::text FROM simulators.keyvault_versions WHERE lower(name) = lower($1) ORDER BY number DESC", name);

    /// <summary>The newest version of each secret that is not deleted, by name.</summary>
    public Task<List<StoredVersion>> NewestAsync() => ReadAsync(
        """
        SELECT DISTINCT ON (lower(name)) number, body::text FROM simulators.keyvault_versions v
        WHERE NOT EXISTS (SELECT FROM simulators.keyvault_deletions d WHERE d.name = lower(v.name))
        ORDER BY lower(name), number DESC
        """);

    public async Task<StoredDeletion?> DeletionAsync(string name)
    {
        await using var command = transaction.Command("SELECT body::text FROM simulators.keyvault_deletions WHERE name = lower($1)", name);
        return await command.ExecuteScalarAsync(cancellationToken) is string body ? JsonSerializer.Deserialize<StoredDeletion>(body) : null;
    }

    public async Task<List<StoredDeletion>> DeletionsAsync()
    {
        await using var command = transaction.Command("SELECT body::text FROM simulators.keyvault_deletions ORDER BY name");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<StoredDeletion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(JsonSerializer.Deserialize<StoredDeletion>(reader.GetString(0))!);
        }

        return found;
    }

    public Task DeleteAsync(StoredDeletion deletion) => transaction.ExecuteAsync(
        "INSERT INTO simulators.keyvault_deletions VALUES (lower($1), $2::jsonb)", cancellationToken, deletion.Name, JsonSerializer.Serialize(deletion));

    public Task RecoverAsync(string name) =>
        transaction.ExecuteAsync("DELETE FROM simulators.keyvault_deletions WHERE name = lower($1)", cancellationToken, name);

    public async Task PurgeAsync(string name)
    {
        await transaction.ExecuteAsync("DELETE FROM simulators.keyvault_versions WHERE lower(name) = lower($1)", cancellationToken, name);
        await RecoverAsync(name);
    }

    private async Task<List<StoredVersion>> ReadAsync(string sql, params object?[] values)
    {
        await using NpgsqlCommand command = transaction.Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<StoredVersion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(JsonSerializer.Deserialize<StoredVersion>(reader.GetString(1))! with { Number = reader.GetInt64(0) });
        }

        return found;
    }
}
