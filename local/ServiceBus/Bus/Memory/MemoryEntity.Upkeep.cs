namespace ToolboxAI.Local.ServiceBus;

internal sealed partial class MemoryEntity
{
    /// <summary>Everything that time did to the entity, before anybody looks at it.</summary>
    public void CatchUp()
    {
        if (Entity.Kind != EntityKind.Topic && live.Count > 0)
        {
            EnqueueDue();
            Expire();
        }

        EndLocks();
    }

    /// <summary>Ends the locks that a condition picks, as if they had run out.</summary>
    public void EndLocks(Func<MemoryMessage, bool> which)
    {
        if (live.Count + dead.Count == 0)
        {
            return;
        }

        foreach (var (isDead, message) in Each().Where(one => one.Message.State == MemoryState.Locked && which(one.Message)).ToList())
        {
            Unlock(message, isDead);
            Wake();
        }
    }

    /// <summary>Whether nobody used it for as long as its settings say. What holds a scheduled message waits for it.</summary>
    public bool HasIdled => Entity.Settings.AutoDeleteOnIdle is { } limit && usedAt + limit <= bus.Clock.GetUtcNow()
        && !live.Values.Any(message => message.State == MemoryState.Scheduled);

    /// <summary>Somebody sends, receives, looks or changes; kept only of an entity that idles.</summary>
    public void Use() => usedAt = Entity.Settings.AutoDeleteOnIdle is null ? usedAt : bus.Clock.GetUtcNow();

    /// <summary>Takes what waited in a topic and is due, in order.</summary>
    public List<MemoryMessage> TakeDue()
    {
        var due = Due().ToList();
        due.ForEach(message => live.Remove(message.Sequence));
        return due;
    }

    /// <summary>The next moment on the moved clock at which something becomes due or expires.</summary>
    public DateTimeOffset? NextDue(DateTimeOffset now) => live.Count == 0 ? null : live.Values
        .Select(message => message.State == MemoryState.Scheduled ? message.EnqueuedAt : message.ExpiresAt)
        .Where(moment => moment > now).Min();

    /// <summary>How long until time itself changes something; null: for ever.</summary>
    public TimeSpan? NextChange()
    {
        var (now, machine) = (bus.Clock.GetUtcNow(), bus.Machine.GetUtcNow());
        var locks = Each().Where(one => one.Message.State == MemoryState.Locked).Select(one => one.Message.LockedUntil - machine);
        var held = sessions.Values.Where(session => session.LockToken != Guid.Empty).Select(session => (TimeSpan?)(session.LockedUntil - machine));
        return locks.Concat(held).Append(NextDue(now) - now).Min();
    }

    public long StoredBytes => Each().Sum(one => (long)one.Message.Encoded.Body.Length + one.Message.Encoded.Envelope.Length);

    public EntityStatistics Statistics()
    {
        CatchUp();
        return new EntityStatistics
        {
            Active = live.Values.Count(message => message.State != MemoryState.Scheduled),
            Scheduled = live.Values.Count(message => message.State == MemoryState.Scheduled),
            DeadLettered = dead.Count,
            Total = live.Count + dead.Count,
            Bytes = StoredBytes,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
            AccessedAt = Each().Select(one => one.Message.EnqueuedAt).Append(UpdatedAt).Max(),
        };
    }

    private IEnumerable<(bool IsDead, MemoryMessage Message)> Each() =>
        live.Values.Select(message => (false, message)).Concat(dead.Values.Select(message => (true, message)));

    private IEnumerable<MemoryMessage> Due() => live.Values
        .Where(message => message.State == MemoryState.Scheduled && message.EnqueuedAt <= bus.Clock.GetUtcNow())
        .OrderBy(message => message.EnqueuedAt).ThenBy(message => message.Sequence);

    /// <summary>Scheduled messages come behind those that are there, under a new number.</summary>
    private void EnqueueDue()
    {
        foreach (var message in Due().ToList())
        {
            live.Remove(message.Sequence);
            message.Sequence = NextNumber();
            message.State = MemoryState.Available;
            live.Add(message.Sequence, message);
        }
    }

    private void Expire()
    {
        var now = bus.Clock.GetUtcNow();
        foreach (var message in live.Values.Where(one => one.ExpiresAt <= now && one.State is (MemoryState.Available or MemoryState.Deferred)).ToList())
        {
            if (Entity.Settings.DeadLetterOnExpiration)
            {
                Bury(message, Reason("TTLExpiredException", "The message expired and was dead lettered."));
            }
            else
            {
                live.Remove(message.Sequence);
            }
        }
    }

    private void EndLocks()
    {
        var machine = bus.Machine.GetUtcNow();
        if (sessions.Count > 0)
        {
            foreach (var (sessionId, _) in sessions.Where(one => one.Value.LockToken != Guid.Empty && one.Value.LockedUntil <= machine).ToList())
            {
                FreeSession(sessionId);
            }
        }

        EndLocks(message => message.LockedUntil <= machine);
    }

    /// <summary>Back to where it was, or to the dead letters once it was delivered too often.</summary>
    private void Unlock(MemoryMessage message, bool isDead)
    {
        if (!isDead && message.DeliveryCount >= Entity.Settings.MaxDeliveryCount)
        {
            Bury(message, Reason(
                "MaxDeliveryCountExceeded", $"Message could not be consumed after {Entity.Settings.MaxDeliveryCount} delivery attempts."));
        }
        else
        {
            message.Free();
        }
    }

    /// <summary>To the dead letters, or to where those are forwarded.</summary>
    private void Bury(MemoryMessage message, Dictionary<string, object> reason)
    {
        live.Remove(message.Sequence);
        message.IsDeferred = false;
        message.Free();
        message.SetProperties(reason);
        if (Entity.Settings.ForwardDeadLetteredTo is { Length: > 0 } next && bus.Find(next) is { Entity.Kind: EntityKind.Queue } target)
        {
            message.DeadLetterSource = Entity.Path;
            message.DeliveryCount = 0;
            message.ExpiresAt = null;
            message.Sequence = target.NextNumber();
            target.live.Add(message.Sequence, message);
            target.Wake();
        }
        else
        {
            dead.Add(message.Sequence, message);
            Wake();
        }
    }
}
