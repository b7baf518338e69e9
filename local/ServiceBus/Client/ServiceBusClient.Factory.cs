using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

public partial class ServiceBusClient
{
    /// <summary>A sender to a queue or topic.</summary>
    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => CreateSender(queueOrTopicName, new ServiceBusSenderOptions());

    /// <summary>A sender to a queue or topic.</summary>
    public virtual ServiceBusSender CreateSender(string queueOrTopicName, ServiceBusSenderOptions options) =>
        new(Opened, queueOrTopicName, options, identified: true);

    /// <summary>A receiver of a queue, or of its dead letters (<c>queue/$DeadLetterQueue</c>).</summary>
    public virtual ServiceBusReceiver CreateReceiver(string queueName) => CreateReceiver(queueName, new ServiceBusReceiverOptions());

    /// <summary>A receiver of a queue, or of its dead letters.</summary>
    public virtual ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions options) =>
        new(Opened, EntityAddress.Parse(queueName), options ?? new());

    /// <summary>A receiver of a subscription.</summary>
    public virtual ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName) =>
        CreateReceiver(topicName, subscriptionName, new ServiceBusReceiverOptions());

    /// <summary>A receiver of a subscription, or of its dead letters.</summary>
    public virtual ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName, ServiceBusReceiverOptions options) =>
        new(Opened, EntityAddress.OfSubscription(topicName, subscriptionName), options ?? new());

    /// <summary>Manages the rules of a subscription.</summary>
    public virtual ServiceBusRuleManager CreateRuleManager(string topicName, string subscriptionName) =>
        new(Opened, EntityAddress.OfSubscription(topicName, subscriptionName));

    /// <summary>Calls a handler for each message of a queue.</summary>
    public virtual ServiceBusProcessor CreateProcessor(string queueName) => CreateProcessor(queueName, new ServiceBusProcessorOptions());

    /// <summary>Calls a handler for each message of a subscription.</summary>
    public virtual ServiceBusProcessor CreateProcessor(string topicName, string subscriptionName) =>
        CreateProcessor(topicName, subscriptionName, new ServiceBusProcessorOptions());

    /// <summary>Calls a handler for each message of a queue.</summary>
    public virtual ServiceBusProcessor CreateProcessor(string queueName, ServiceBusProcessorOptions options) =>
        new(Opened, EntityAddress.Parse(queueName), options ?? new());

    /// <summary>Calls a handler for each message of a subscription.</summary>
    public virtual ServiceBusProcessor CreateProcessor(string topicName, string subscriptionName, ServiceBusProcessorOptions options) =>
        new(Opened, EntityAddress.OfSubscription(topicName, subscriptionName), options ?? new());

    /// <summary>Calls a handler for each message of a queue with sessions.</summary>
    public virtual ServiceBusSessionProcessor CreateSessionProcessor(string queueName, ServiceBusSessionProcessorOptions? options = null) =>
        new(Opened, EntityAddress.Parse(queueName), options ?? new());

    /// <summary>Calls a handler for each message of a subscription with sessions.</summary>
    public virtual ServiceBusSessionProcessor CreateSessionProcessor(
        string topicName, string subscriptionName, ServiceBusSessionProcessorOptions? options = null) =>
        new(Opened, EntityAddress.OfSubscription(topicName, subscriptionName), options ?? new());

    /// <summary>The client, as long as nobody has disposed it.</summary>
    private ServiceBusClient Opened
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return this;
        }
    }
}
