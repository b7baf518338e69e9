using Npgsql;
using NpgsqlTypes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>The sessions of a bus in PostgreSQL.</summary>
internal sealed class PostgresSessions(PostgresConnection connection, PostgresTopics topics, PostgresEntities entities) : IBusSessions
{
    public async Task<bool> RequireAsync(EntityAddress address, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        if (!entity.Settings.RequiresSession)
        {
            entities.Forget(address);
            return await connection.ScalarAsync<bool>(address, "SELECT servicebus.require_sessions($1)", cancellationToken, entity.Id);
        }

        return true;
    }

    public async Task<SessionLock?> AcceptAsync(EntityAddress address, string? sessionId, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        await topics.EnqueueDueAsync(entity, cancellationToken);
        var rows = await connection.QueryAsync(
            address,
            "SELECT session_id, lock_token, locked_until FROM servicebus.accept_session($1, $2, $3)",
            row => new SessionLock(row.GetString(0), row.GetGuid(1), PostgresRows.Utc(row.GetDateTime(2))),
            cancellationToken,
            entity.Id,
            connection.ProcessId,
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)sessionId ?? DBNull.Value });
        return rows.Count == 0 ? null : rows[0];
    }

    public async Task<SessionLock> RenewAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        var until = await connection.ScalarAsync<DateTime>(
            address, "SELECT servicebus.renew_session($1, $2)", cancellationToken, entity.Id, session.Token);
        return session with { LockedUntil = PostgresRows.Utc(until) };
    }

    public async Task ReleaseAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        await connection.ScalarAsync<object>(
            address, "SELECT servicebus.release_session($1, $2, $3)", cancellationToken, entity.Id, session.Token, connection.ProcessId);
        connection.Hub.Wake(entity.Id);
    }

    public async Task<byte[]?> GetStateAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        return await connection.ScalarAsync<byte[]>(
            address, "SELECT servicebus.session_state($1, $2)", cancellationToken, entity.Id, session.Token);
    }

    public async Task SetStateAsync(EntityAddress address, SessionLock session, byte[]? state, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        await connection.ScalarAsync<object>(
            address,
            "SELECT servicebus.set_session_state($1, $2, $3)",
            cancellationToken,
            entity.Id,
            session.Token,
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = (object?)state ?? DBNull.Value });
    }

    public async Task<IReadOnlyList<string>> ListAsync(
        EntityAddress address, DateTimeOffset? stateUpdatedAfter, CancellationToken cancellationToken)
    {
        var entity = await entities.GetAsync(address, cancellationToken);
        return await connection.QueryAsync(
            address,
            "SELECT servicebus.list_sessions($1, $2)",
            row => row.GetString(0),
            cancellationToken,
            entity.Id,
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = (object?)stateUpdatedAfter?.UtcDateTime ?? DBNull.Value });
    }
}
