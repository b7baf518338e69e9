using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// A bus in memory, for tests and simulations: it follows a given clock, runs nothing in the background, and lets its owner
/// decide the order of deliveries, duplicates and the end of locks. Clients reach it by <see cref="ConnectionString"/>.
/// </summary>
public sealed class InMemoryBus : IDisposable
{
    private static readonly ConcurrentDictionary<string, InMemoryBus> Buses = new();

    private readonly MemoryBus bus;

    private InMemoryBus(string name, TimeProvider clock, TimeProvider machine) => bus = new MemoryBus(name, clock, machine);

    /// <summary>The bus's name.</summary>
    public string Name => bus.Name;

    /// <summary>For <see cref="ServiceBusClient"/>.</summary>
    public string ConnectionString => "InMemory=" + Name;

    /// <summary>Paths of the entities; subscriptions as <c>topic/Subscriptions/name</c>.</summary>
    public IReadOnlyList<string> Entities => bus.Run(() => bus.Entities.Select(entity => entity.Entity.Path).ToList());

    internal IBus Bus => bus;

    /// <summary>Makes an empty bus. Clients that used one of the same name before keep that.</summary>
    /// <param name="name">Without <c>;</c> and <c>=</c>.</param>
    /// <param name="clock">For schedules, time to live and duplicate windows.</param>
    /// <param name="machine">For locks and waiting; null: <paramref name="clock"/>.</param>
    public static InMemoryBus Create(string name, TimeProvider clock, TimeProvider? machine = null)
    {
        var made = new InMemoryBus(name, clock, machine ?? clock);
        Buses[name] = made;
        return made;
    }

    /// <summary>The next message that the receiver would get, without waiting; null when there is none.</summary>
    public static async Task<ServiceBusReceivedMessage?> TryReceiveAsync(ServiceBusReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        return await receiver.LookAsync(1) is [var message] ? message : null;
    }

    /// <summary>
    /// Says which of an entity's available messages is delivered next: the path and the messages in the order in which they were
    /// enqueued come in, an index goes out. Null, as at first: always the first.
    /// </summary>
    public void DeliverBy(Func<string, IReadOnlyList<ServiceBusReceivedMessage>, int>? choose) => bus.NextMessage = choose is null
        ? null
        : (path, deliveries) => choose(path, [.. deliveries.Select(delivery => new ServiceBusReceivedMessage(delivery))]);

    /// <summary>The messages of an entity that a receiver could get now.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> Available(string path) => Snapshot(path, MemoryState.Available);

    /// <summary>The messages of an entity that a receiver got and did not settle.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> Locked(string path) => Snapshot(path, MemoryState.Locked);

    /// <summary>Ends the lock of one message, or of all of an entity, as if it had run out.</summary>
    public void ExpireLocks(string path, long? sequenceNumber = null) => bus.Run(() =>
    {
        bus.Get(EntityAddress.Parse(path)).EndLocks(message => sequenceNumber is null || message.Sequence == sequenceNumber);
        return true;
    });

    /// <summary>Enqueues an available or locked message once more: the same id under a new number, as when a sender repeats itself.</summary>
    public void Duplicate(string path, long sequenceNumber) => bus.Run(() =>
    {
        var entity = bus.Get(new(path));
        var original = entity.Part(isDead: false)[sequenceNumber];
        var copy = original.Decode();
        copy.ScheduledEnqueueTime = null;
        entity.Store(copy, entity.NextNumber(), original.EnqueuedSequence);
        return true;
    });

    /// <summary>The next moment on the clock at which a scheduled message is due or a message expires; null: none.</summary>
    public DateTimeOffset? NextDue() => bus.Run(() => bus.Entities.Select(entity => entity.NextDue(bus.Clock.GetUtcNow())).Min());

    /// <summary>Forgets the bus: a client that is used later gets a new one.</summary>
    public void Dispose() => Buses.TryRemove(new(Name, this));

    internal static InMemoryBus Named(string name) =>
        Buses.GetOrAdd(name, static key => new InMemoryBus(key, TimeProvider.System, TimeProvider.System));

    private List<ServiceBusReceivedMessage> Snapshot(string path, MemoryState state) => bus.Run(() =>
    {
        var address = EntityAddress.Parse(path);
        var entity = bus.CaughtUp(address);
        entity.CatchUp();
        var part = entity.Part(address.IsDeadLetter);
        return part.Count == 0 ? [] : part.Values.Where(message => message.State == state)
            .Select(message => new ServiceBusReceivedMessage(message.ToView())).ToList();
    });
}
