using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

public partial class ServiceBusAdministrationClient
{
    /// <summary>Creates a topic with default settings.</summary>
    public virtual Task<Response<TopicProperties>> CreateTopicAsync(string name, CancellationToken cancellationToken = default) =>
        CreateTopicAsync(new CreateTopicOptions(name), cancellationToken);

    /// <summary>Creates a topic.</summary>
    public virtual async Task<Response<TopicProperties>> CreateTopicAsync(CreateTopicOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        await CreateAsync(options.Name, EntityKind.Topic, options.Settings, [], cancellationToken);
        return await GetTopicAsync(options.Name, cancellationToken);
    }

    /// <summary>A topic's settings.</summary>
    public virtual async Task<Response<TopicProperties>> GetTopicAsync(string name, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(TopicOf(await GetAsync(name, EntityKind.Topic, cancellationToken)));

    /// <summary>Changes a topic's settings.</summary>
    public virtual async Task<Response<TopicProperties>> UpdateTopicAsync(TopicProperties topic, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        await UpdateAsync(topic.Name, EntityKind.Topic, topic.Settings, cancellationToken);
        return await GetTopicAsync(topic.Name, cancellationToken);
    }

    /// <summary>Deletes a topic with all that it holds.</summary>
    public virtual Task<Response> DeleteTopicAsync(string name, CancellationToken cancellationToken = default) =>
        DeleteAsync(name, EntityKind.Topic, cancellationToken);

    /// <summary>Whether there is a topic of that name.</summary>
    public virtual async Task<Response<bool>> TopicExistsAsync(string name, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(await ExistsAsync(name, EntityKind.Topic, cancellationToken));

    /// <summary>All topics.</summary>
    public virtual AsyncPageable<TopicProperties> GetTopicsAsync(CancellationToken cancellationToken = default) =>
        new LocalPageable<TopicProperties>(async () =>
            [.. (await (await OpenAsync()).ListAsync(EntityKind.Topic, null, cancellationToken)).Select(TopicOf)]);

    /// <summary>The counts of a topic.</summary>
    public virtual async Task<Response<TopicRuntimeProperties>> GetTopicRuntimePropertiesAsync(
        string name, CancellationToken cancellationToken = default) => LocalResponse.Of(await TopicNumbersAsync(name, cancellationToken));

    /// <summary>The counts of all topics.</summary>
    public virtual AsyncPageable<TopicRuntimeProperties> GetTopicsRuntimePropertiesAsync(CancellationToken cancellationToken = default) =>
        new LocalPageable<TopicRuntimeProperties>(async () =>
        {
            var numbers = new List<TopicRuntimeProperties>();
            foreach (var entity in await (await OpenAsync()).ListAsync(EntityKind.Topic, null, cancellationToken))
            {
                numbers.Add(await TopicNumbersAsync(entity.Path, cancellationToken));
            }

            return numbers;
        });

    private async Task<TopicRuntimeProperties> TopicNumbersAsync(string name, CancellationToken cancellationToken)
    {
        var numbers = await StatisticsAsync(name, EntityKind.Topic, cancellationToken);
        return new(name, numbers, (await (await OpenAsync()).ListAsync(EntityKind.Subscription, name, cancellationToken)).Count);
    }

    private static TopicProperties TopicOf(Entity entity) => new(entity.Path, entity.Settings);
}
