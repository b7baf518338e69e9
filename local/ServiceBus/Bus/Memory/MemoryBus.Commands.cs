namespace ToolboxAI.Local.ServiceBus;

internal sealed partial class MemoryBus
{
    private const int MaxForwards = 4;

    private void Check(BusCommand command)
    {
        switch (command)
        {
            case SendCommand send when !Forwarded(Get(send.Address)).Entity.Settings.CanSend:
                throw BusErrors.EntityDisabled(command.Address.ToString());
            case SendCommand send when IsFull(Forwarded(Get(send.Address)).Entity):
                throw BusErrors.QuotaExceeded(command.Address.ToString());
            case SendCommand send:
                send.Messages.ToList().ForEach(message => PropertyCodec.Encode(message.Properties));
                break;
            case CancelCommand cancel when !Get(command.Address).AreScheduled(cancel.Sequences):
                throw BusErrors.MessageNotFound(command.Address.ToString());
            case SettleCommand settle:
                Get(command.Address).Locked(command.Address, settle.Sequence, settle.LockToken, settle.Session);
                PropertyCodec.Encode(settle.Changes);
                break;
        }
    }

    private IReadOnlyList<long> Apply(BusCommand command)
    {
        var entity = Get(command.Address);
        switch (command)
        {
            case SendCommand send:
                var target = Forwarded(entity);
                return [.. send.Messages.Select(message => Send(target, message))];
            case CancelCommand cancel:
                entity.Cancel(cancel.Sequences);
                return [];
            case SettleCommand settle:
                entity.Settle(settle);
                return [];
            default:
                throw new InvalidOperationException(command.GetType().Name);
        }
    }

    /// <summary>A topic is as full as its subscriptions are together.</summary>
    private bool IsFull(Entity entity) => entity.Settings.FullAt is { } limit
        && entities.Values.Where(one => one.Entity.Id == entity.Id || one.Entity.TopicId == entity.Id).Sum(one => one.StoredBytes) >= limit;

    private long Send(MemoryEntity target, BusMessage message)
    {
        message.MessageId ??= NextId().ToString("N");
        var number = target.Admit(message);
        if (number == 0)
        {
            return 0;
        }

        if (target.Entity.Kind != EntityKind.Topic || message.ScheduledEnqueueTime > clock.GetUtcNow())
        {
            target.Store(message, number);
        }
        else
        {
            Distribute(target, message, number, clock.GetUtcNow());
        }

        return number;
    }

    private void Distribute(MemoryEntity topic, BusMessage message, long number, DateTimeOffset at)
    {
        foreach (var subscription in entities.Values.Where(one => one.Entity.TopicId == topic.Entity.Id && one.Entity.Settings.CanSend).ToList())
        {
            foreach (var copy in TopicRouting.Copies(message, subscription.Rules))
            {
                var target = Forwarded(subscription);
                target.Store(copy, target.NextNumber(), number, at, topic.Entity.Settings.DefaultTimeToLive);
            }
        }
    }

    private MemoryEntity Forwarded(MemoryEntity entity)
    {
        for (var hops = 0; entity.Entity.Settings.ForwardTo is { Length: > 0 } next && hops < MaxForwards; hops++)
        {
            entity = Get(new(next));
        }

        return entity;
    }
}
