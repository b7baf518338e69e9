using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>A queue, topic or subscription in memory. Its rules are those of the schema's functions, in the same order.</summary>
internal sealed partial class MemoryEntity(Entity entity, MemoryBus bus)
{
    private readonly SortedDictionary<long, MemoryMessage> live = [];
    private readonly SortedDictionary<long, MemoryMessage> dead = [];
    private readonly Dictionary<(string MessageId, string PartitionKey), DateTimeOffset> history = [];
    private long lastSequence;
    private DateTimeOffset usedAt = bus.Clock.GetUtcNow();

    public Entity Entity { get; set; } = entity;

    public DateTimeOffset CreatedAt { get; } = bus.Clock.GetUtcNow();

    public DateTimeOffset UpdatedAt { get; set; } = bus.Clock.GetUtcNow();

    public List<StoredRule> Rules { get; } = [];

    /// <summary>How many listen to it.</summary>
    public int Listeners { get; set; }

    /// <summary>Ends at the next change.</summary>
    public TaskCompletionSource Signal { get; private set; } = NewSignal();

    public SortedDictionary<long, MemoryMessage> Part(bool isDead) => isDead ? dead : live;

    public void Wake()
    {
        var signal = Signal;
        Signal = NewSignal();
        signal.TrySetResult();
    }

    public long NextNumber() => ++lastSequence;

    /// <summary>The number of a message that is no duplicate; 0 for one that is.</summary>
    public long Admit(BusMessage message)
    {
        if (Entity.Settings.DuplicateWindow is { } window)
        {
            var now = bus.Clock.GetUtcNow();
            foreach (var old in history.Where(seen => seen.Value <= now - window).Select(seen => seen.Key).ToList())
            {
                history.Remove(old);
            }

            if (!history.TryAdd((message.MessageId!, message.PartitionKey ?? ""), now))
            {
                return 0;
            }
        }

        return NextNumber();
    }

    /// <summary>Stores a message under its number. A topic holds only what waits for its time.</summary>
    public void Store(BusMessage message, long number, long? origin = null, DateTimeOffset? sentAt = null, TimeSpan? limit = null)
    {
        var now = bus.Clock.GetUtcNow();
        var isLater = message.ScheduledEnqueueTime > now;
        var from = isLater ? message.ScheduledEnqueueTime!.Value : sentAt ?? now;
        var ttl = new[] { message.TimeToLive, limit, Entity.Settings.DefaultTimeToLive }.Min();
        var stored = new MemoryMessage
        {
            Encoded = MessageCodec.Encode(message),
            MessageId = message.MessageId!,
            SessionId = message.SessionId,
            Sequence = number,
            EnqueuedSequence = origin ?? number,
            EnqueuedAt = from,
            ExpiresAt = ttl is { } span && span < DateTimeOffset.MaxValue - from ? from + span : null,
            State = isLater || Entity.Kind == EntityKind.Topic ? MemoryState.Scheduled : MemoryState.Available,
        };

        // A subscription with sessions has no place for a message without one.
        var isHomeless = Entity.Settings.RequiresSession && message.SessionId is null;
        if (isHomeless)
        {
            stored.SetProperties(Reason("Session id is null.", "The entity requires sessions."));
        }

        Part(isHomeless).Add(number, stored);
        Wake();
    }

    /// <summary>Whether messages of all these numbers wait for their time.</summary>
    public bool AreScheduled(IEnumerable<long> numbers)
    {
        CatchUp();
        return numbers.All(number => live.TryGetValue(number, out var message) && message.State == MemoryState.Scheduled);
    }

    public void Cancel(IEnumerable<long> numbers)
    {
        foreach (var number in numbers)
        {
            live.Remove(number);
        }
    }

    public List<Delivery> Receive(ReceiveRequest request)
    {
        CatchUp();
        Hold(request.Session);
        var part = Part(request.Address.IsDeadLetter);
        var sessionId = request.Session?.SessionId;
        var deliveries = new List<Delivery>();
        while (deliveries.Count < request.Max)
        {
            var available = part.Values.Where(message => message.State == MemoryState.Available && (sessionId is null || message.SessionId == sessionId));
            if (bus.Choose(Entity.Path, available) is not { } next)
            {
                break;
            }

            deliveries.Add(Take(part, next, request));
        }

        return deliveries;
    }

    public List<Delivery> ReceiveDeferred(ReceiveRequest request, IReadOnlyList<long> numbers)
    {
        CatchUp();
        Hold(request.Session);
        var part = Part(request.Address.IsDeadLetter);
        var found = part.Values.Where(message => numbers.Contains(message.Sequence) && message.State == MemoryState.Deferred
            && (request.Session is null || message.SessionId == request.Session.SessionId)).ToList();
        return found.Count == numbers.Distinct().Count()
            ? found.ConvertAll(message => Take(part, message, request))
            : throw BusErrors.MessageNotFound(request.Address.ToString());
    }

    public List<Delivery> Peek(EntityAddress address, string? sessionId, long from, int max)
    {
        CatchUp();
        return [.. Part(address.IsDeadLetter).Values.Where(message => message.Sequence >= from && (sessionId is null || message.SessionId == sessionId))
            .Take(max).Select(message => message.ToDelivery())];
    }

    /// <summary>A message whose lock is held; refuses otherwise.</summary>
    public MemoryMessage Locked(EntityAddress address, long number, Guid token, SessionLock? session)
    {
        Hold(session);
        return Part(address.IsDeadLetter).TryGetValue(number, out var message) && message.State == MemoryState.Locked && message.LockToken == token
            && (message.LockedUntil is not { } until || until > bus.Machine.GetUtcNow())
            ? message
            : throw BusErrors.MessageLockLost(address.ToString());
    }

    public void Settle(SettleCommand command)
    {
        var isDead = command.Address.IsDeadLetter;
        var message = Locked(command.Address, command.Sequence, command.LockToken, command.Session);
        if (command.How == Settlement.Complete)
        {
            Part(isDead).Remove(message.Sequence);
            return;
        }

        message.SetProperties(command.Changes);
        message.IsDeferred |= command.How == Settlement.Defer;
        if (command.How == Settlement.DeadLetter && !isDead)
        {
            Bury(message, []);
        }
        else
        {
            Unlock(message, isDead);
        }

        Wake();
    }

    public DateTimeOffset Renew(EntityAddress address, long number, Guid token)
    {
        var message = Locked(address, number, token, null);
        message.LockedUntil = bus.Machine.GetUtcNow() + Entity.Settings.LockDuration;
        return message.LockedUntil.Value;
    }

    private Delivery Take(SortedDictionary<long, MemoryMessage> part, MemoryMessage message, ReceiveRequest request)
    {
        if (request.Mode == ServiceBusReceiveMode.ReceiveAndDelete)
        {
            part.Remove(message.Sequence);
        }
        else
        {
            message.Lock(bus.NextId(), request.Session is null ? bus.Machine.GetUtcNow() + Entity.Settings.LockDuration : null);
        }

        return message.ToDelivery(request.Session?.LockedUntil);
    }

    private static Dictionary<string, object> Reason(string reason, string description) => new()
    {
        [BusMessage.DeadLetterReason] = reason,
        [BusMessage.DeadLetterErrorDescription] = description,
    };

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
