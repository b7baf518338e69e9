using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Receivers of this process that wait at an empty queue. Whoever sends to it from this process takes a message for the first of them in
/// the same transaction, so that it is there right after the commit. What others send is handed over too (<see cref="RemoteHandOvers"/>),
/// or wakes them, and they look.
/// </summary>
internal sealed class HandOvers
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, List<Waiting>> waiting = [];

    /// <summary>A receiver begins to wait.</summary>
    public IHandOver Add(Entity entity, ReceiveRequest request)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(entity.Id, out var all))
            {
                waiting.Add(entity.Id, all = []);
            }

            var one = new Waiting(this, entity, request);
            all.Add(one);
            return one;
        }
    }

    /// <summary>Takes those who wait longest for as many messages as come; each is given what there is for it, or put back.</summary>
    public IReadOnlyList<Waiting> Claim(int entityId, int messages)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(entityId, out var all))
            {
                return [];
            }

            var claimed = new List<Waiting>();
            foreach (var one in all.TakeWhile(_ => messages > 0))
            {
                claimed.Add(one);
                messages -= one.Request.Max;
            }

            Remove(entityId, all, claimed.Count);
            return claimed;
        }
    }

    /// <summary>Takes the one of those who lock what they receive that waits longest; null when nobody does.</summary>
    public Waiting? ClaimLocking(int entityId)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(entityId, out var all) || all.Find(one => one.Request.Mode == ServiceBusReceiveMode.PeekLock) is not { } found)
            {
                return null;
            }

            all.Remove(found);
            Remove(entityId, all, 0);
            return found;
        }
    }

    private void Remove(int entityId, List<Waiting> all, int first)
    {
        all.RemoveRange(0, first);
        if (all.Count == 0)
        {
            waiting.Remove(entityId);
        }
    }

    /// <summary>A waiting receiver.</summary>
    internal sealed class Waiting(HandOvers owner, Entity entity, ReceiveRequest request) : IHandOver
    {
        private readonly TaskCompletionSource<IReadOnlyList<Delivery>> handed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool isOver;

        public Entity Entity => entity;

        public ReceiveRequest Request => request;

        public Task<IReadOnlyList<Delivery>> Handed => handed.Task;

        public Task<IReadOnlyList<Delivery>> EndAsync()
        {
            lock (owner.gate)
            {
                isOver = true;
                if (owner.waiting.TryGetValue(entity.Id, out var all) && all.IndexOf(this) is >= 0 and var at)
                {
                    all.RemoveAt(at);
                    owner.Remove(entity.Id, all, 0);
                    handed.TrySetResult([]);
                }
            }

            // Who is claimed hears of it as soon as the transaction has ended.
            return handed.Task;
        }

        /// <summary>Ends a claim: what there is for the receiver; with nothing it goes on waiting.</summary>
        public void Give(IReadOnlyList<Delivery> deliveries)
        {
            lock (owner.gate)
            {
                if (deliveries.Count > 0 || isOver)
                {
                    handed.TrySetResult(deliveries);
                    return;
                }

                if (!owner.waiting.TryGetValue(entity.Id, out var all))
                {
                    owner.waiting.Add(entity.Id, all = []);
                }

                all.Insert(0, this);
            }
        }
    }
}
