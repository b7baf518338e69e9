using System.Text.Json;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Entities and rules of a bus in PostgreSQL.</summary>
internal sealed class PostgresAdministration(PostgresConnection connection, PostgresEntities entities, PostgresTopics topics) : IBusAdministration
{
    public Task<Entity?> FindAsync(string path, CancellationToken cancellationToken) => entities.FindAsync(path, cancellationToken);

    public async Task<bool> CreateAsync(
        string path, EntityKind kind, EntitySettings settings, IReadOnlyList<StoredRule> rules, CancellationToken cancellationToken)
    {
        var address = new EntityAddress(path);
        entities.Forget(address);
        var topic = address.Topic is { } name ? await entities.FindAsync(name, cancellationToken) : null;
        return await entities.CreateAsync(address, kind, topic?.Id, settings, rules, cancellationToken) is not null;
    }

    public async Task<bool> UpdateAsync(string path, EntitySettings settings, CancellationToken cancellationToken)
    {
        entities.Forget(new(path));
        return await connection.ScalarAsync<bool>(
            new(path),
            "SELECT true FROM servicebus.entities q, LATERAL servicebus.set_settings(q.id, $2::jsonb) WHERE q.key = lower($1)",
            cancellationToken,
            path,
            JsonSerializer.Serialize(settings));
    }

    public async Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        entities.Forget(new(path));
        return await connection.ScalarAsync<bool>(new(path), "SELECT servicebus.delete_entity($1)", cancellationToken, path);
    }

    public async Task<IReadOnlyList<Entity>> ListAsync(EntityKind kind, string? topic, CancellationToken cancellationToken)
    {
        await entities.DeleteIdleAsync(cancellationToken);
        return await connection.QueryAsync(
            new(topic ?? "*"),
            $"""
            SELECT {PostgresEntities.Columns} FROM servicebus.entities
            WHERE kind = $1 AND ($2 = '' OR topic_id = (SELECT id FROM servicebus.entities WHERE key = lower($2))) ORDER BY key
            """,
            PostgresEntities.Read,
            cancellationToken,
            (short)kind,
            topic ?? "");
    }

    public async Task<EntityStatistics?> StatisticsAsync(string path, CancellationToken cancellationToken)
    {
        if (await entities.FindAsync(path, cancellationToken) is not { } entity)
        {
            return null;
        }

        await topics.EnqueueDueAsync(entity, cancellationToken);
        await connection.ScalarAsync<object>(
            new(path), "SELECT servicebus.catch_up(q, $2, true) FROM servicebus.entities q WHERE q.id = $1", cancellationToken, entity.Id, connection.ProcessId);
        var rows = await connection.QueryAsync(
            new(path),
            """
            SELECT count(*) FILTER (WHERE NOT m.dead AND m.state < 3), count(*) FILTER (WHERE m.state = 3), count(*) FILTER (WHERE m.dead),
                coalesce(sum(length(m.body) + length(m.envelope::text)), 0)::bigint, q.created_at, q.updated_at,
                greatest(q.updated_at, max(m.enqueued_at) FILTER (WHERE m.state < 3)), count(m.sequence)
            FROM servicebus.entities q
            LEFT JOIN servicebus.messages m ON m.entity_id = q.id
            WHERE q.id = $1 GROUP BY q.id
            """,
            row => new EntityStatistics
            {
                Active = row.GetInt64(0),
                Scheduled = row.GetInt64(1),
                DeadLettered = row.GetInt64(2),
                Bytes = row.GetInt64(3),
                CreatedAt = PostgresRows.Utc(row.GetDateTime(4)),
                UpdatedAt = PostgresRows.Utc(row.GetDateTime(5)),
                AccessedAt = PostgresRows.Utc(row.GetDateTime(6)),
                Total = row.GetInt64(7),
            },
            cancellationToken,
            entity.Id);
        return rows.Count == 0 ? null : rows[0];
    }

    public Task<IReadOnlyList<StoredRule>> RulesAsync(string subscriptionPath, CancellationToken cancellationToken) => connection.QueryAsync(
        new(subscriptionPath),
        "SELECT r.name, r.definition FROM servicebus.rules r JOIN servicebus.entities q ON q.id = r.entity_id WHERE q.key = lower($1) ORDER BY r.name",
        row => new StoredRule(row.GetString(0), row.GetString(1)),
        cancellationToken,
        subscriptionPath);

    public Task<bool> AddRuleAsync(string subscriptionPath, StoredRule rule, CancellationToken cancellationToken) => connection.ScalarAsync<bool>(
        new(subscriptionPath),
        """
        INSERT INTO servicebus.rules SELECT id, $2, $3 FROM servicebus.entities q WHERE key = lower($1)
            AND NOT EXISTS (SELECT FROM servicebus.rules r WHERE r.entity_id = q.id AND lower(r.name) = lower($2))
        ON CONFLICT DO NOTHING RETURNING true
        """,
        cancellationToken,
        subscriptionPath,
        rule.Name,
        rule.Definition);

    public Task<bool> ReplaceRuleAsync(string subscriptionPath, StoredRule rule, CancellationToken cancellationToken) => connection.ScalarAsync<bool>(
        new(subscriptionPath),
        """
        UPDATE servicebus.rules r SET definition = $3 FROM servicebus.entities q
        WHERE q.key = lower($1) AND r.entity_id = q.id AND lower(r.name) = lower($2) RETURNING true
        """,
        cancellationToken,
        subscriptionPath,
        rule.Name,
        rule.Definition);

    public Task<bool> RemoveRuleAsync(string subscriptionPath, string name, CancellationToken cancellationToken) => connection.ScalarAsync<bool>(
        new(subscriptionPath),
        """
        DELETE FROM servicebus.rules r USING servicebus.entities q
        WHERE q.key = lower($1) AND r.entity_id = q.id AND lower(r.name) = lower($2) RETURNING true
        """,
        cancellationToken,
        subscriptionPath,
        name);
}
