using System.Collections.Concurrent;
using Npgsql;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions;

/// <summary>Remembers which version of which blob a function has worked on, so that each is given to it once.</summary>
internal interface IBlobReceipts
{
    /// <summary>The number of this attempt; null when the version is done, given up or somebody else's.</summary>
    Task<int?> ClaimAsync(string function, string path, string version, CancellationToken cancellationToken);

    /// <summary>The attempt ended; <paramref name="done"/>: the version is not given to the function again. A newer version is left alone.</summary>
    Task EndAsync(string function, string path, string version, bool done, CancellationToken cancellationToken);
}

/// <summary>Without an installation: remembered as long as the process lives.</summary>
internal sealed class MemoryBlobReceipts : IBlobReceipts
{
    private readonly ConcurrentDictionary<(string, string), (string Version, int Tries, bool Free)> receipts = new();

    public Task<int?> ClaimAsync(string function, string path, string version, CancellationToken cancellationToken)
    {
        var known = receipts.GetValueOrDefault((function, path));
        if (known.Version == version && !known.Free)
        {
            return Task.FromResult<int?>(null);
        }

        var tries = known.Version == version ? known.Tries + 1 : 1;
        receipts[(function, path)] = (version, tries, false);
        return Task.FromResult<int?>(tries);
    }

    public Task EndAsync(string function, string path, string version, bool done, CancellationToken cancellationToken)
    {
        var known = receipts[(function, path)];
        if (known.Version == version)
        {
            receipts[(function, path)] = known with { Free = !done };
        }

        return Task.CompletedTask;
    }
}

/// <summary>Receipts in the installation's database; a claim of a process that is no longer there counts for nothing.</summary>
internal sealed class PostgresBlobReceipts(InstallationSession session) : IBlobReceipts
{
    private const string Script = """
        CREATE SCHEMA IF NOT EXISTS functions;
        CREATE TABLE IF NOT EXISTS functions.blob_receipts (
            function text NOT NULL,
            path text NOT NULL,
            version text NOT NULL,
            tries integer NOT NULL,
            done boolean NOT NULL,
            owner uuid,
            PRIMARY KEY (function, path));
        """;

    private readonly Lazy<Task> installed = new(() => InstallationSchema.InstallAsync(session.Database, "functions.blobs", Script, CancellationToken.None));

    public async Task<int?> ClaimAsync(string function, string path, string version, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync(
            """
            INSERT INTO functions.blob_receipts AS r VALUES ($1, $2, $3, 1, false, $4)
            ON CONFLICT (function, path) DO UPDATE SET version = $3, owner = $4, done = false,
                tries = CASE WHEN r.version = $3 THEN r.tries + 1 ELSE 1 END
            WHERE r.version <> $3 OR (NOT r.done AND (r.owner IS NULL OR r.owner NOT IN (SELECT id FROM installation.live_processes)))
            RETURNING tries
            """,
            function, path, version, session.Id).ConfigureAwait(false);
        return (int?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task EndAsync(string function, string path, string version, bool done, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync(
            "UPDATE functions.blob_receipts SET owner = NULL, done = $4 WHERE function = $1 AND path = $2 AND version = $3",
            function, path, version, done).ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
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
