using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

public partial class ServiceBusAdministrationClient
{
    /// <summary>Creates a subscription that gets every message.</summary>
    public virtual Task<Response<SubscriptionProperties>> CreateSubscriptionAsync(
        string topicName, string subscriptionName, CancellationToken cancellationToken = default) =>
        CreateSubscriptionAsync(new CreateSubscriptionOptions(topicName, subscriptionName), cancellationToken);

    /// <summary>Creates a subscription that gets every message.</summary>
    public virtual Task<Response<SubscriptionProperties>> CreateSubscriptionAsync(
        CreateSubscriptionOptions options, CancellationToken cancellationToken = default) =>
        CreateSubscriptionAsync(options, new CreateRuleOptions(), cancellationToken);

    /// <summary>Creates a subscription with one rule.</summary>
    public virtual async Task<Response<SubscriptionProperties>> CreateSubscriptionAsync(
        CreateSubscriptionOptions options, CreateRuleOptions rule, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rule);
        await GetAsync(options.TopicName, EntityKind.Topic, cancellationToken);
        var path = PathOf(options.TopicName, options.SubscriptionName);
        await CreateAsync(path, EntityKind.Subscription, options.Settings, [Encode(rule.Name, rule.Filter, rule.Action)], cancellationToken);
        return await GetSubscriptionAsync(options.TopicName, options.SubscriptionName, cancellationToken);
    }

    /// <summary>A subscription's settings.</summary>
    public virtual async Task<Response<SubscriptionProperties>> GetSubscriptionAsync(
        string topicName, string subscriptionName, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(SubscriptionOf(await GetAsync(PathOf(topicName, subscriptionName), EntityKind.Subscription, cancellationToken)));

    /// <summary>Changes a subscription's settings.</summary>
    public virtual async Task<Response<SubscriptionProperties>> UpdateSubscriptionAsync(
        SubscriptionProperties subscription, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        await UpdateAsync(
            PathOf(subscription.TopicName, subscription.SubscriptionName), EntityKind.Subscription, subscription.Settings, cancellationToken);
        return await GetSubscriptionAsync(subscription.TopicName, subscription.SubscriptionName, cancellationToken);
    }

    /// <summary>Deletes a subscription with its messages.</summary>
    public virtual Task<Response> DeleteSubscriptionAsync(string topicName, string subscriptionName, CancellationToken cancellationToken = default) =>
        DeleteAsync(PathOf(topicName, subscriptionName), EntityKind.Subscription, cancellationToken);

    /// <summary>Whether there is such a subscription.</summary>
    public virtual async Task<Response<bool>> SubscriptionExistsAsync(
        string topicName, string subscriptionName, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(await ExistsAsync(PathOf(topicName, subscriptionName), EntityKind.Subscription, cancellationToken));

    /// <summary>The subscriptions of a topic.</summary>
    public virtual AsyncPageable<SubscriptionProperties> GetSubscriptionsAsync(string topicName, CancellationToken cancellationToken = default) =>
        new LocalPageable<SubscriptionProperties>(async () => [.. (await OfTopicAsync(topicName, cancellationToken)).Select(SubscriptionOf)]);

    /// <summary>The counts of a subscription.</summary>
    public virtual async Task<Response<SubscriptionRuntimeProperties>> GetSubscriptionRuntimePropertiesAsync(
        string topicName, string subscriptionName, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(await SubscriptionNumbersAsync(topicName, subscriptionName, cancellationToken));

    /// <summary>The counts of a topic's subscriptions.</summary>
    public virtual AsyncPageable<SubscriptionRuntimeProperties> GetSubscriptionsRuntimePropertiesAsync(
        string topicName, CancellationToken cancellationToken = default) => new LocalPageable<SubscriptionRuntimeProperties>(async () =>
        {
            var numbers = new List<SubscriptionRuntimeProperties>();
            foreach (var subscription in (await OfTopicAsync(topicName, cancellationToken)).Select(SubscriptionOf))
            {
                numbers.Add(await SubscriptionNumbersAsync(topicName, subscription.SubscriptionName, cancellationToken));
            }

            return numbers;
        });

    private static string PathOf(string topicName, string subscriptionName) => EntityAddress.OfSubscription(topicName, subscriptionName).Path;

    private static SubscriptionProperties SubscriptionOf(Entity entity)
    {
        var address = new EntityAddress(entity.Path);
        return new(address.Topic!, address.Subscription!, entity.Settings);
    }

    private async Task<IReadOnlyList<Entity>> OfTopicAsync(string topicName, CancellationToken cancellationToken)
    {
        await GetAsync(topicName, EntityKind.Topic, cancellationToken);
        return await (await OpenAsync()).ListAsync(EntityKind.Subscription, topicName, cancellationToken);
    }

    private async Task<SubscriptionRuntimeProperties> SubscriptionNumbersAsync(
        string topicName, string subscriptionName, CancellationToken cancellationToken) =>
        new(topicName, subscriptionName, await StatisticsAsync(PathOf(topicName, subscriptionName), EntityKind.Subscription, cancellationToken));
}
