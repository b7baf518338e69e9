using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>The queue or subscription that a trigger listens to, and how.</summary>
internal sealed record MessageSource(LocalFunction Function, ServiceBusClient Client, string Queue, string? Subscription, ServiceBusOptions Options)
{
    private ServiceBusTriggerAttribute Trigger => (ServiceBusTriggerAttribute)Function.Trigger.Attribute!;

    public bool IsBatched => Trigger.IsBatched;

    public bool HasSessions => Trigger.IsSessionsEnabled;

    /// <summary>What the trigger says goes before host.json.</summary>
    public bool AutoComplete => Function.Trigger.Properties.ContainsKey("autoCompleteMessages") ? Trigger.AutoCompleteMessages : Options.AutoCompleteMessages;

    public string Path => Subscription is null ? Queue : $"{Queue}/Subscriptions/{Subscription}";

    /// <summary>Counts as somebody who listens to it until disposed, also between two sessions.</summary>
    public Task<IAsyncDisposable> ListenAsync(CancellationToken cancellationToken) => Client.ListenAsync(Path, cancellationToken);

    public ServiceBusReceiver CreateReceiver() =>
        Subscription is null ? Client.CreateReceiver(Queue) : Client.CreateReceiver(Queue, Subscription);

    public Task<ServiceBusSessionReceiver> AcceptNextSessionAsync(CancellationToken cancellationToken) => Subscription is null
        ? Client.AcceptNextSessionAsync(Queue, cancellationToken: cancellationToken)
        : Client.AcceptNextSessionAsync(Queue, Subscription, cancellationToken: cancellationToken);

    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public static MessageSource Of(LocalFunction function, ServiceBusClients clients, IConfiguration settings, ServiceBusOptions options)
    {
        var trigger = (ServiceBusTriggerAttribute)function.Trigger.Attribute!;
        var queue = SettingExpressions.Resolve(trigger.QueueName ?? trigger.TopicName!, settings);
        var subscription = trigger.SubscriptionName is { } name ? SettingExpressions.Resolve(name, settings) : null;
        return new(function, clients.Get(trigger.Connection), queue, subscription, options);
    }
}
