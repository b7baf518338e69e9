using System.Runtime.Serialization;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>The bus whose messages lie in this process. Every call ends before it returns, so that a scheduler can decide all orders.</summary>
internal sealed partial class MemoryBus(string name, TimeProvider clock, TimeProvider machine) : IBus
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, MemoryEntity> entities = new(StringComparer.Ordinal);
    private readonly HashSet<string> deleted = [];
    private int lastId;
    private long lastGuid;

    public TimeProvider Clock => clock;

    public TimeProvider Machine => machine;

    public string Name => name;

    public IBusAdministration Administration => this;

    public IBusSessions Sessions => this;

    public IEnumerable<MemoryEntity> Entities => entities.Values;

    /// <summary>Which of the available messages is delivered next; null: the first.</summary>
    public Func<string, IReadOnlyList<Delivery>, int>? NextMessage { get; set; }

    public Task<Entity> EntityAsync(EntityAddress address, CancellationToken cancellationToken) => Done(() => Get(address).Entity);

    public Task<IReadOnlyList<IReadOnlyList<long>>> ApplyAsync(IReadOnlyList<BusCommand> commands, CancellationToken cancellationToken) =>
        Done<IReadOnlyList<IReadOnlyList<long>>>(() =>
        {
            // All or none: whatever a command can be refused for is looked at before the first one is applied.
            foreach (var command in commands)
            {
                Check(command);
            }

            return [.. commands.Select(Apply)];
        });

    public Task CheckAsync(SettleCommand command, CancellationToken cancellationToken) => Done(() =>
    {
        Check(command);
        return true;
    });

    public Task<IReadOnlyList<Delivery>> ReceiveAsync(ReceiveRequest request, CancellationToken cancellationToken) => Done<IReadOnlyList<Delivery>>(() =>
    {
        var entity = ForReceiving(request.Address);
        BusErrors.ThrowUnlessReceivable(entity.Entity, request);
        return request.Address.SubQueue == SubQueue.TransferDeadLetter ? [] : entity.Receive(request);
    });

    public Task<IReadOnlyList<Delivery>> ReceiveDeferredAsync(
        ReceiveRequest request, IReadOnlyList<long> sequences, CancellationToken cancellationToken) =>
        Done<IReadOnlyList<Delivery>>(() => ForReceiving(request.Address).ReceiveDeferred(request, sequences));

    public Task<IReadOnlyList<Delivery>> PeekAsync(
        EntityAddress address, string? sessionId, long fromSequence, int max, CancellationToken cancellationToken) =>
        Done<IReadOnlyList<Delivery>>(() => address.SubQueue == SubQueue.TransferDeadLetter
            ? []
            : ForReceiving(address).Peek(address, sessionId, fromSequence, max));

    public Task<DateTimeOffset> RenewAsync(EntityAddress address, long sequence, Guid lockToken, CancellationToken cancellationToken) =>
        Done(() => Get(address).Renew(address, sequence, lockToken));

    public Task<IAsyncDisposable> ListenAsync(EntityAddress address, string? sessionId, CancellationToken cancellationToken) => Done<IAsyncDisposable>(() =>
    {
        var entity = Get(address);
        entity.Listeners++;
        return new Listening(this, entity);
    });

    public Task<Sleep> FallAsleepAsync(EntityAddress address, bool takes, CancellationToken cancellationToken) => Done(() =>
    {
        var entity = Get(address);
        var topic = address.Topic is { } topicName ? Get(new(topicName)) : null;
        var change = new[] { entity.NextChange(), topic?.NextChange() }.Min();
        var signal = topic is null ? entity.Signal.Task : Task.WhenAny(entity.Signal.Task, topic.Signal.Task);
        return new Sleep(signal, change ?? TimeSpan.MaxValue);
    });

    /// <summary>Whoever waits at a bus in memory looks for itself, so that a scheduler decides who gets what.</summary>
    public ValueTask<IHandOver?> AwaitAsync(ReceiveRequest request, CancellationToken cancellationToken) => ValueTask.FromResult<IHandOver?>(null);

    /// <summary>Runs something on the bus's state, alone.</summary>
    public T Run<T>(Func<T> step)
    {
        lock (gate)
        {
            return step();
        }
    }

    /// <summary>Ids are counted, so that a run can be repeated exactly.</summary>
    public Guid NextId() => new(0, 0, 0, [.. BitConverter.GetBytes(++lastGuid).Reverse()]);

    /// <summary>What is there: an entity that nobody used for as long as its settings say is deleted when it is looked for.</summary>
    public MemoryEntity? Find(string path)
    {
        if (!entities.TryGetValue(path.ToLowerInvariant(), out var entity) || !HasIdled(entity))
        {
            return entity;
        }

        Delete(entity);
        return null;
    }

    public MemoryEntity Get(EntityAddress address)
    {
        if (address.Topic is { } topic)
        {
            Get(new(topic)).Use();
        }

        var entity = Find(address.Path) ?? CreateOnFirstUse(address);
        entity.Use();
        return entity;
    }

    /// <summary>The message to deliver next; null when there is none.</summary>
    public MemoryMessage? Choose(string path, IEnumerable<MemoryMessage> available)
    {
        if (NextMessage is not { } choose)
        {
            return available.FirstOrDefault();
        }

        var all = available.ToList();
        return all.Count == 0 ? null : all[choose(path, all.ConvertAll(message => message.ToView()))];
    }

    /// <summary>Before a subscription is looked at, its topic gives away what is due.</summary>
    public MemoryEntity CaughtUp(EntityAddress address)
    {
        var entity = Get(address);
        if (address.Topic is { } topicName && Find(topicName) is { } topic)
        {
            topic.TakeDue().ForEach(due => Distribute(topic, due.Decode(), due.Sequence, due.EnqueuedAt));
        }

        return entity;
    }

    private MemoryEntity ForReceiving(EntityAddress address) =>
        CaughtUp(address) is { Entity.Settings.CanReceive: true } entity ? entity : throw BusErrors.EntityDisabled(address.ToString());

    /// <summary>Runs a step alone and hands out its result or its exception as a task that has ended.</summary>
    private Task<T> Done<T>(Func<T> step)
    {
        try
        {
            return Task.FromResult(Run(step));
        }
        catch (Exception e) when (e is ServiceBusException or InvalidOperationException or SerializationException)
        {
            return Task.FromException<T>(e);
        }
    }

    private sealed class Listening(MemoryBus bus, MemoryEntity entity) : IAsyncDisposable
    {
        private bool disposed;

        public ValueTask DisposeAsync()
        {
            bus.Run(() =>
            {
                entity.Listeners -= disposed ? 0 : 1;
                entity.Use();
                return disposed = true;
            });
            return ValueTask.CompletedTask;
        }
    }
}
