using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Services;

/// <summary>
/// Applies a folder of SQL files, <c>NNNN_name.sql</c>, to a database: forward only, each once and in one transaction with
/// its record in <c>migrations.applied</c>, in the order of their numbers, under an advisory lock.
/// </summary>
internal static partial class Migrations
{
    private const long RunLock = 0x7462786d69677261;
    private const string Ledger = """
        SET client_min_messages = warning;
        CREATE SCHEMA IF NOT EXISTS migrations;
        CREATE TABLE IF NOT EXISTS migrations.applied (
            number integer PRIMARY KEY,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
        """;

    private sealed record Migration(int Number, string Name, string Sql, string Checksum);

    /// <summary>Applies what has not been applied yet, then runs every file of <paramref name="seed"/>.</summary>
    /// <param name="connectionString">The migration login's.</param>
    /// <param name="folder">The migrations; a folder that does not exist holds none.</param>
    /// <param name="seed">A folder of idempotent SQL files, or null.</param>
    /// <param name="cancellationToken">Gives up between two files.</param>
    /// <returns>The names of the migrations applied.</returns>
    /// <exception cref="StartRefusedException">A file failed, was changed after it had been applied, or has another's number.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        string connectionString, string folder, string? seed, CancellationToken cancellationToken)
    {
        var migrations = Read(folder);
        var options = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(options.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", cancellationToken, RunLock);
        await ExecuteAsync(connection, Ledger, cancellationToken);

        var applied = await AppliedAsync(connection, cancellationToken);
        var latest = applied.Keys.DefaultIfEmpty().Max();
        var news = new List<string>();
        foreach (var migration in migrations)
        {
            if (!applied.TryGetValue(migration.Number, out var checksum))
            {
                if (migration.Number < latest)
                {
                    throw new StartRefusedException(
                        $"Migration {migration.Name} comes before {latest:0000}, which is applied already: give it a higher number, or start over with --fresh.");
                }

                await ApplyAsync(connection, migration, cancellationToken);
                news.Add(migration.Name);
            }
            else if (checksum != migration.Checksum)
            {
                throw new StartRefusedException(
                    $"Migration {migration.Name} was changed after it had been applied: put it back and add a new one, or start over with --fresh.");
            }
        }

        foreach (var file in SqlFiles(seed))
        {
            await InTransactionAsync(connection, Path.GetFileName(file), await File.ReadAllTextAsync(file, cancellationToken), null, cancellationToken);
        }

        return news;
    }

    [GeneratedRegex(@"^(\d{4})_[a-z0-9_]+\.sql$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();

    private static List<Migration> Read(string folder)
    {
        var migrations = new List<Migration>();
        foreach (var file in SqlFiles(folder))
        {
            var name = Path.GetFileName(file);
            var match = FileName().Match(name);
            if (!match.Success)
            {
                throw new StartRefusedException($"{file} is not named NNNN_name.sql.");
            }

            var sql = File.ReadAllText(file).ReplaceLineEndings("\n");
            var number = int.Parse(match.Groups[1].Value);
            if (migrations.Find(m => m.Number == number) is { } other)
            {
                throw new StartRefusedException($"The migrations {other.Name} and {name} have the same number.");
            }

            migrations.Add(new(number, name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)))));
        }

        return migrations;
    }

    private static string[] SqlFiles(string? folder) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.sql").Order(StringComparer.Ordinal)] : [];

    private static async Task<Dictionary<int, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT number, checksum FROM migrations.applied", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new Dictionary<int, string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            applied[reader.GetInt32(0)] = reader.GetString(1);
        }

        return applied;
    }

    private static Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken) =>
        InTransactionAsync(connection, migration.Name, migration.Sql, transaction =>
        {
            var record = new NpgsqlCommand("INSERT INTO migrations.applied (number, name, checksum) VALUES ($1, $2, $3)", connection, transaction);
            record.Parameters.Add(new() { Value = migration.Number });
            record.Parameters.Add(new() { Value = migration.Name });
            record.Parameters.Add(new() { Value = migration.Checksum });
            return record;
        }, cancellationToken);

    private static async Task InTransactionAsync(
        NpgsqlConnection connection, string name, string sql, Func<NpgsqlTransaction, NpgsqlCommand>? record, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException error)
        {
            throw new StartRefusedException($"{name} failed at character {error.Position}: {error.MessageText} ({error.SqlState})");
        }

        if (record is not null)
        {
            await using var command = record(transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
