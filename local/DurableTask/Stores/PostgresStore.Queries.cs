using Microsoft.DurableTask.Client;
using Npgsql;
using NpgsqlTypes;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

internal sealed partial class PostgresStore
{
    private const int InstanceColumnCount = 20;

    private const string InstanceColumns = """
        i.key, i.id, i.is_entity, i.name, i.version, i.execution, i.status, i.sequence, i.attempts, i.set_aside, i.created_at, i.updated_at,
        i.completed_at, i.tags, i.parent, i.input, i.output, i.failure, i.custom_status, i.entity
        """;

    public async Task<Instance?> FindAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT {InstanceColumns} FROM durable.instances i WHERE i.hub = $1 AND i.id = $2");
        Add(command, hub, instanceId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? ReadInstance(reader) : null;
    }

    public async Task<IReadOnlyList<Instance>> QueryAsync(InstanceQuery query, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            SELECT {InstanceColumns} FROM durable.instances i
            WHERE i.hub = $1 AND i.key > $2 AND i.is_entity = $3
                AND ($4::timestamptz IS NULL OR i.created_at >= $4) AND ($5::timestamptz IS NULL OR i.created_at <= $5)
                AND ($6::timestamptz IS NULL OR i.completed_at >= $6) AND ($7::timestamptz IS NULL OR i.completed_at <= $7)
                AND ($8::timestamptz IS NULL OR i.updated_at >= $8) AND ($9::timestamptz IS NULL OR i.updated_at <= $9)
                AND ($10::smallint[] IS NULL OR i.status = ANY ($10)) AND ($11::text IS NULL OR starts_with(i.id, $11))
            ORDER BY i.key LIMIT $12
            """);
        Add(command, hub, query.AfterKey, query.Entities);
        foreach (var time in (DateTimeOffset?[])[query.CreatedFrom, query.CreatedTo, query.CompletedFrom, query.CompletedTo, query.UpdatedFrom, query.UpdatedTo])
        {
            Add(command.Parameters, NpgsqlDbType.TimestampTz, time?.UtcDateTime);
        }

        Add(
            command.Parameters,
            NpgsqlDbType.Array | NpgsqlDbType.Smallint,
            query.Statuses is { Count: > 0 } statuses ? statuses.Select(status => (short)status).ToArray() : null);
        Add(command, query.IdPrefix, query.Limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var found = new List<Instance>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            found.Add(ReadInstance(reader));
        }

        return found;
    }

    public async Task<int> CountMessagesAsync(long key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT count(*)::integer FROM durable.inbox WHERE instance = $1");
        Add(command, key);
        return (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    public async Task<IReadOnlyList<string>> FindChildrenAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id FROM durable.instances WHERE hub = $1 AND parent_id = $2 ORDER BY key");
        Add(command, hub, instanceId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var children = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            children.Add(reader.GetString(0));
        }

        return children;
    }

    public async Task<int> PurgeAsync(IReadOnlyList<long> keys, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "DELETE FROM durable.instances WHERE hub = $1 AND key = ANY ($2) AND (is_entity OR status IN (1, 3, 5))");
        Add(command, hub, keys.ToArray());
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static Instance ReadInstance(NpgsqlDataReader reader) => ReadPlainInstance(reader) with
    {
        Tags = HistoryJson.ReadTags(Text(reader, 13)),
        Parent = HistoryJson.ReadParent(Text(reader, 14)),
        Failure = HistoryJson.ReadFailure(Text(reader, 17)),
        Entity = HistoryJson.ReadEntity(Text(reader, 19)),
    };

    /// <summary>The instance without what is written in JSON.</summary>
    private static Instance ReadPlainInstance(NpgsqlDataReader reader) => new()
    {
        Key = reader.GetInt64(0),
        Id = reader.GetString(1),
        IsEntity = reader.GetBoolean(2),
        Name = reader.GetString(3),
        Version = Text(reader, 4),
        ExecutionId = Text(reader, 5),
        Status = (OrchestrationRuntimeStatus)reader.GetInt16(6),
        Sequence = reader.GetInt32(7),
        Attempts = reader.GetInt32(8),
        SetAside = Text(reader, 9),
        CreatedAt = Utc(reader.GetDateTime(10)),
        UpdatedAt = Utc(reader.GetDateTime(11)),
        CompletedAt = reader.IsDBNull(12) ? null : Utc(reader.GetDateTime(12)),
        Input = Text(reader, 15),
        Output = Text(reader, 16),
        CustomStatus = Text(reader, 18),
    };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
