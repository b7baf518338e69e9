using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Finds entities and makes those that are used for the first time.</summary>
internal sealed class PostgresEntities(PostgresConnection connection)
{
    public const string Columns = "id, path, kind, topic_id, settings::text";

    private readonly ConcurrentDictionary<string, Entity> known = new();

    public async Task<Entity> GetAsync(EntityAddress address, CancellationToken cancellationToken)
    {
        if (!known.TryGetValue(address.Key, out var entity))
        {
            entity = await FindAsync(address.Path, cancellationToken) ?? await CreateOnFirstUseAsync(address, cancellationToken);
            known[address.Key] = entity;
        }

        if (address.Topic is { } topic)
        {
            await GetAsync(new(topic), cancellationToken);       // whoever uses a subscription uses its topic
        }

        await UseAsync(address, entity, cancellationToken);
        return entity;
    }

    /// <summary>Forgets what this process remembers of an entity, after it was changed or turned out to be gone.</summary>
    public void Forget(EntityAddress address)
    {
        foreach (var key in known.Keys.Where(key => key == address.Key || key.StartsWith(address.Key + "/", StringComparison.Ordinal)))
        {
            known.TryRemove(key, out _);
        }
    }

    /// <summary>Deletes what idled too long, before anybody asks what there is.</summary>
    public Task DeleteIdleAsync(CancellationToken cancellationToken) =>
        connection.ScalarAsync<object>(new("*"), "SELECT servicebus.delete_idle()", cancellationToken);

    public async Task<Entity?> FindAsync(string path, CancellationToken cancellationToken)
    {
        await DeleteIdleAsync(cancellationToken);
        var rows = await connection.QueryAsync(
            new(path), $"SELECT {Columns} FROM servicebus.entities WHERE key = lower($1)", Read, cancellationToken, path);
        return rows.Count == 0 ? null : rows[0];
    }

    public async Task<Entity?> CreateAsync(
        EntityAddress address,
        EntityKind kind,
        int? topicId,
        EntitySettings settings,
        IReadOnlyList<StoredRule> rules,
        CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync(
            address,
            $"SELECT {Columns} FROM servicebus.create_entity($1, $2, $3, $4::jsonb, $5, $6)",
            Read,
            cancellationToken,
            address.Path,
            (short)kind,
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Integer, Value = (object?)topicId ?? DBNull.Value },
            JsonSerializer.Serialize(settings),
            rules.Select(rule => rule.Name).ToArray(),
            rules.Select(rule => rule.Definition).ToArray());
        return rows.Count == 0 ? null : rows[0];
    }

    public static Entity Read(NpgsqlDataReader reader) => new(
        reader.GetInt32(0),
        reader.GetString(1),
        (EntityKind)reader.GetInt16(2),
        reader.IsDBNull(3) ? null : reader.GetInt32(3),
        JsonSerializer.Deserialize<EntitySettings>(reader.GetString(4))!);

    private async Task UseAsync(EntityAddress address, Entity entity, CancellationToken cancellationToken)
    {
        if (entity.Settings.AutoDeleteOnIdle is not null
            && !await connection.ScalarAsync<bool>(address, "SELECT servicebus.use_entity($1)", cancellationToken, entity.Id))
        {
            Forget(address);
            throw BusErrors.EntityNotFound(address.Path);
        }
    }

    private async Task<Entity> CreateOnFirstUseAsync(EntityAddress address, CancellationToken cancellationToken)
    {
        var deleted = await connection.ScalarAsync<bool>(
            address, "SELECT EXISTS (SELECT FROM servicebus.deleted_entities WHERE key = $1)", cancellationToken, address.Key);
        if (deleted)
        {
            throw BusErrors.EntityNotFound(address.Path);
        }

        return address.Topic is { } topicName
            ? await SubscribeAsync(address, await GetAsync(new(topicName), cancellationToken), cancellationToken)
            : await CreateOrFindAsync(address, EntityKind.Queue, null, cancellationToken);
    }

    private async Task<Entity> SubscribeAsync(EntityAddress address, Entity topic, CancellationToken cancellationToken)
    {
        if (topic.Kind != EntityKind.Topic && !topic.Settings.IsImplicit)
        {
            throw BusErrors.EntityNotFound(address.Path);
        }

        var subscription = await CreateOrFindAsync(address, EntityKind.Subscription, topic.Id, cancellationToken);
        if (topic.Kind != EntityKind.Topic)
        {
            await connection.ScalarAsync<object>(
                address, "SELECT servicebus.turn_into_topic($1, $2)", cancellationToken, topic.Id, subscription.Id);
            Forget(new(topic.Path));
        }

        return subscription;
    }

    private async Task<Entity> CreateOrFindAsync(EntityAddress address, EntityKind kind, int? topicId, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredRule> rules = kind == EntityKind.Subscription ? [RuleCodec.Default] : [];
        return await CreateAsync(address, kind, topicId, new EntitySettings { IsImplicit = true }, rules, cancellationToken)
            ?? await FindAsync(address.Path, cancellationToken)
            ?? throw BusErrors.EntityNotFound(address.Path);
    }
}
