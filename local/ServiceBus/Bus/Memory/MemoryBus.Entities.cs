namespace ToolboxAI.Local.ServiceBus;

internal sealed partial class MemoryBus : IBusAdministration, IBusSessions
{
    public Task<Entity?> FindAsync(string path, CancellationToken cancellationToken) => Done(() => Find(path)?.Entity);

    public Task<bool> CreateAsync(
        string path, EntityKind kind, EntitySettings settings, IReadOnlyList<StoredRule> rules, CancellationToken cancellationToken) => Done(() =>
        {
            if (Find(path) is not null)
            {
                return false;
            }

            var topic = new EntityAddress(path).Topic is { } topicName ? Find(topicName) : null;
            Add(path, kind, topic?.Entity.Id, settings, rules);
            return true;
        });

    public Task<bool> UpdateAsync(string path, EntitySettings settings, CancellationToken cancellationToken) => Changed(path, entity =>
    {
        entity.Entity = entity.Entity with { Settings = settings };
        entity.UpdatedAt = clock.GetUtcNow();
        entity.Use();
        return true;
    });

    public Task<bool> DeleteAsync(string path, CancellationToken cancellationToken) => Changed(path, entity =>
    {
        Delete(entity);
        return true;
    });

    public Task<IReadOnlyList<Entity>> ListAsync(EntityKind kind, string? topic, CancellationToken cancellationToken) =>
        Done<IReadOnlyList<Entity>>(() =>
        {
            entities.Values.Where(HasIdled).ToList().ForEach(Delete);
            var topicId = topic is null ? null : Find(topic)?.Entity.Id;
            return [.. entities.Values.Select(entity => entity.Entity).Where(entity => entity.Kind == kind && (topic is null || entity.TopicId == topicId))];
        });

    public Task<EntityStatistics?> StatisticsAsync(string path, CancellationToken cancellationToken) =>
        Done(() => Find(path) is null ? null : CaughtUp(new(path)).Statistics());

    public Task<IReadOnlyList<StoredRule>> RulesAsync(string subscriptionPath, CancellationToken cancellationToken) =>
        Done<IReadOnlyList<StoredRule>>(() => [.. (Find(subscriptionPath)?.Rules ?? []).OrderBy(rule => rule.Name, StringComparer.Ordinal)]);

    public Task<bool> AddRuleAsync(string subscriptionPath, StoredRule rule, CancellationToken cancellationToken) => Changed(subscriptionPath, entity =>
    {
        if (entity.Rules.Exists(one => IsNamed(one, rule.Name)))
        {
            return false;
        }

        entity.Rules.Add(rule);
        return true;
    });

    public Task<bool> ReplaceRuleAsync(string subscriptionPath, StoredRule rule, CancellationToken cancellationToken) =>
        Changed(subscriptionPath, entity =>
        {
            var index = entity.Rules.FindIndex(one => IsNamed(one, rule.Name));
            if (index >= 0)
            {
                entity.Rules[index] = rule with { Name = entity.Rules[index].Name };
            }

            return index >= 0;
        });

    public Task<bool> RemoveRuleAsync(string subscriptionPath, string name, CancellationToken cancellationToken) =>
        Changed(subscriptionPath, entity => entity.Rules.RemoveAll(rule => IsNamed(rule, name)) > 0);

    Task<bool> IBusSessions.RequireAsync(EntityAddress address, CancellationToken cancellationToken) => Done(() => Get(address).RequireSessions());

    Task<SessionLock?> IBusSessions.AcceptAsync(EntityAddress address, string? sessionId, CancellationToken cancellationToken) =>
        Done(() => ForReceiving(address).Accept(sessionId));

    Task<SessionLock> IBusSessions.RenewAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken) =>
        Done(() => Get(address).Renew(session));

    Task IBusSessions.ReleaseAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken) => Changed(address.Path, entity =>
    {
        entity.Release(session);
        return true;
    });

    Task<byte[]?> IBusSessions.GetStateAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken) =>
        Done(() => Get(address).Held(session).State);

    Task IBusSessions.SetStateAsync(EntityAddress address, SessionLock session, byte[]? state, CancellationToken cancellationToken) =>
        Changed(address.Path, entity =>
        {
            entity.SetState(session, state);
            return true;
        });

    Task<IReadOnlyList<string>> IBusSessions.ListAsync(
        EntityAddress address, DateTimeOffset? stateUpdatedAfter, CancellationToken cancellationToken) =>
        Done<IReadOnlyList<string>>(() => CaughtUp(address).ListSessions(stateUpdatedAfter));

    /// <summary>Whoever listens to an entity, or to a topic's subscription, uses it.</summary>
    private bool HasIdled(MemoryEntity entity) =>
        entity.HasIdled && !entities.Values.Any(other => other.Listeners > 0 && (other == entity || other.Entity.TopicId == entity.Entity.Id));

    private void Delete(MemoryEntity entity)
    {
        var gone = entities.Where(one => one.Value == entity || one.Value.Entity.TopicId == entity.Entity.Id).Select(one => one.Key).ToList();
        gone.ForEach(key => entities.Remove(key));
        deleted.UnionWith(gone);
    }

    private static bool IsNamed(StoredRule rule, string ruleName) => rule.Name.Equals(ruleName, StringComparison.OrdinalIgnoreCase);

    private Task<bool> Changed(string path, Func<MemoryEntity, bool> change) => Done(() => Find(path) is { } entity && change(entity));

    private MemoryEntity Add(string path, EntityKind kind, int? topicId, EntitySettings settings, IReadOnlyList<StoredRule> rules)
    {
        var entity = new MemoryEntity(new Entity(++lastId, path, kind, topicId, settings), this);
        entity.Rules.AddRange(rules);
        deleted.Remove(path.ToLowerInvariant());
        return entities[path.ToLowerInvariant()] = entity;
    }

    private MemoryEntity CreateOnFirstUse(EntityAddress address)
    {
        if (deleted.Contains(address.Key))
        {
            throw BusErrors.EntityNotFound(address.Path);
        }

        var settings = new EntitySettings { IsImplicit = true };
        if (address.Topic is not { } topicName)
        {
            return Add(address.Path, EntityKind.Queue, null, settings, []);
        }

        var topic = Get(new(topicName));
        if (topic.Entity.Kind != EntityKind.Topic && !topic.Entity.Settings.IsImplicit)
        {
            throw BusErrors.EntityNotFound(address.Path);
        }

        var subscription = Add(address.Path, EntityKind.Subscription, topic.Entity.Id, settings, [RuleCodec.Default]);
        TurnIntoTopic(topic, subscription);
        return subscription;
    }

    /// <summary>A name that was first used as a queue turns out to be a topic's: what was sent to it goes to its first subscription.</summary>
    private static void TurnIntoTopic(MemoryEntity topic, MemoryEntity subscription)
    {
        topic.Entity = topic.Entity with { Kind = EntityKind.Topic };
        foreach (var isDead in new[] { false, true })
        {
            foreach (var message in topic.Part(isDead).Values.Where(message => message.State != MemoryState.Scheduled).ToList())
            {
                topic.Part(isDead).Remove(message.Sequence);
                message.Sequence = subscription.NextNumber();
                subscription.Part(isDead).Add(message.Sequence, message);
            }
        }
    }
}
