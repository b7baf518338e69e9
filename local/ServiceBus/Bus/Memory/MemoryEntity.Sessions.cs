namespace ToolboxAI.Local.ServiceBus;

internal sealed partial class MemoryEntity
{
    private readonly SortedDictionary<string, MemorySession> sessions = new(StringComparer.Ordinal);

    /// <summary>Whether the entity has sessions; one that nobody declared gets them, unless it holds messages that belong to none.</summary>
    public bool RequireSessions()
    {
        var settings = Entity.Settings;
        if (settings.IsImplicit && Entity.Kind != EntityKind.Topic && live.Values.All(message => message.SessionId is not null))
        {
            Entity = Entity with { Settings = settings with { RequiresSession = true, IsImplicit = false } };
        }

        return Entity.Settings.RequiresSession;
    }

    public SessionLock? Accept(string? wanted)
    {
        CatchUp();
        if (wanted is not null && IsHeld(wanted))
        {
            throw BusErrors.SessionCannotBeLocked(Entity.Path);
        }

        var chosen = wanted
            ?? live.Values.FirstOrDefault(message => message is { State: MemoryState.Available, SessionId: { } id } && !IsHeld(id))?.SessionId;
        if (chosen is null)
        {
            return null;
        }

        if (!sessions.TryGetValue(chosen, out var session))
        {
            sessions[chosen] = session = new MemorySession();
        }

        session.LockToken = bus.NextId();
        session.LockedUntil = bus.Machine.GetUtcNow() + Entity.Settings.LockDuration;
        return new(chosen, session.LockToken, session.LockedUntil);
    }

    /// <summary>The session; refuses when its lock is not held any more.</summary>
    public MemorySession Held(SessionLock held) =>
        sessions.TryGetValue(held.SessionId, out var session) && session.LockToken == held.Token && session.LockedUntil > bus.Machine.GetUtcNow()
            ? session
            : throw BusErrors.SessionLockLost(Entity.Path);

    public SessionLock Renew(SessionLock held)
    {
        var session = Held(held);
        session.LockedUntil = bus.Machine.GetUtcNow() + Entity.Settings.LockDuration;
        return held with { LockedUntil = session.LockedUntil };
    }

    public void Release(SessionLock held)
    {
        if (sessions.TryGetValue(held.SessionId, out var session) && session.LockToken == held.Token)
        {
            FreeSession(held.SessionId);
        }
    }

    public void SetState(SessionLock held, byte[]? state)
    {
        var session = Held(held);
        session.State = state;
        session.StateUpdatedAt = bus.Clock.GetUtcNow();
    }

    public List<string> ListSessions(DateTimeOffset? stateUpdatedAfter) => stateUpdatedAfter is { } moment
        ? [.. sessions.Where(session => session.Value.State is not null && session.Value.StateUpdatedAt > moment).Select(session => session.Key)]
        : [.. live.Values.Select(message => message.SessionId).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    private bool IsHeld(string sessionId) => sessions.TryGetValue(sessionId, out var session) && session.LockToken != Guid.Empty;

    private void Hold(SessionLock? session)
    {
        if (session is not null)
        {
            Held(session);
        }
    }

    /// <summary>Ends a session's lock; its unsettled messages become available.</summary>
    private void FreeSession(string sessionId)
    {
        sessions[sessionId].LockToken = Guid.Empty;
        EndLocks(message => message.LockedUntil is null && message.SessionId == sessionId);
        if (sessions[sessionId].State is null && !live.Values.Any(message => message.SessionId == sessionId))
        {
            sessions.Remove(sessionId);
        }

        Wake();
    }
}
