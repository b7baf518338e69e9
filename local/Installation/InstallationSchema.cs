using Npgsql;

namespace ToolboxAI.Local.Installation;

/// <summary>
/// Schema <c>installation</c>: the moved clock, the processes that follow it and the schemas that take part in an advance.
/// </summary>
public static class InstallationSchema
{
    private const string Script = """
        CREATE SCHEMA IF NOT EXISTS installation;
        CREATE TABLE IF NOT EXISTS installation.clock (
            the_one boolean PRIMARY KEY DEFAULT true CHECK (the_one),
            shift interval NOT NULL DEFAULT interval '0' CHECK (shift >= interval '0'),
            version bigint NOT NULL DEFAULT 0);
        INSERT INTO installation.clock DEFAULT VALUES ON CONFLICT DO NOTHING;
        CREATE TABLE IF NOT EXISTS installation.processes (
            id uuid PRIMARY KEY,
            kind text NOT NULL,
            address text,
            pid integer NOT NULL,
            backend_pid integer NOT NULL,
            backend_start timestamptz NOT NULL,
            clock_version bigint NOT NULL);
        CREATE TABLE IF NOT EXISTS installation.participants (schema_name text PRIMARY KEY);
        CREATE OR REPLACE FUNCTION installation.now() RETURNS timestamptz STABLE LANGUAGE sql AS
            'SELECT clock_timestamp() + shift FROM installation.clock';
        CREATE OR REPLACE VIEW installation.live_processes AS
            SELECT p.* FROM installation.processes p
            JOIN pg_stat_activity a ON a.pid = p.backend_pid AND a.backend_start = p.backend_start;
        """;

    /// <summary>
    /// Runs an idempotent installation script under an advisory lock named after the schema, so that processes
    /// that start together do not trip over each other; again when it got in the way of processes that are at work.
    /// </summary>
    public static async Task InstallAsync(NpgsqlDataSource database, string schema, string script, CancellationToken cancellationToken)
    {
        const int Tries = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await InstallOnceAsync(database, schema, script, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < Tries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task InstallOnceAsync(NpgsqlDataSource database, string schema, string script, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtext('install ' || $1))", connection, transaction))
        {
            command.Parameters.Add(new() { Value = schema });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using (var command = new NpgsqlCommand("SET LOCAL client_min_messages = warning;\n" + script, connection, transaction))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes <paramref name="schema"/> take part in an advance of the clock. The schema must have two functions:
    /// <c>next_due(now timestamptz) returns timestamptz</c>, the next moment later than <c>now</c> at which it has work, and
    /// <c>busy(now timestamptz) returns setof text</c>, a line for each piece of work that is due, leased or undelivered.
    /// Both must be declared STABLE, so that one statement sees one snapshot of all schemas.
    /// </summary>
    public static string RegisterParticipant(string schema) =>
        $"INSERT INTO installation.participants VALUES ('{schema}') ON CONFLICT DO NOTHING;";

    internal static Task InstallAsync(NpgsqlDataSource database, CancellationToken cancellationToken) =>
        InstallAsync(database, "installation", Script, cancellationToken);
}
