using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus.Administration;

public partial class ServiceBusAdministrationClient
{
    /// <summary>Creates a queue with default settings.</summary>
    public virtual Task<Response<QueueProperties>> CreateQueueAsync(string name, CancellationToken cancellationToken = default) =>
        CreateQueueAsync(new CreateQueueOptions(name), cancellationToken);

    /// <summary>Creates a queue.</summary>
    public virtual async Task<Response<QueueProperties>> CreateQueueAsync(CreateQueueOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        await CreateAsync(options.Name, EntityKind.Queue, options.Settings, [], cancellationToken);
        return await GetQueueAsync(options.Name, cancellationToken);
    }

    /// <summary>A queue's settings.</summary>
    public virtual async Task<Response<QueueProperties>> GetQueueAsync(string name, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(QueueOf(await GetAsync(name, EntityKind.Queue, cancellationToken)));

    /// <summary>Changes a queue's settings.</summary>
    public virtual async Task<Response<QueueProperties>> UpdateQueueAsync(QueueProperties queue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        await UpdateAsync(queue.Name, EntityKind.Queue, queue.Settings, cancellationToken);
        return await GetQueueAsync(queue.Name, cancellationToken);
    }

    /// <summary>Deletes a queue with all that it holds.</summary>
    public virtual Task<Response> DeleteQueueAsync(string name, CancellationToken cancellationToken = default) =>
        DeleteAsync(name, EntityKind.Queue, cancellationToken);

    /// <summary>Whether there is a queue of that name.</summary>
    public virtual async Task<Response<bool>> QueueExistsAsync(string name, CancellationToken cancellationToken = default) =>
        LocalResponse.Of(await ExistsAsync(name, EntityKind.Queue, cancellationToken));

    /// <summary>All queues.</summary>
    public virtual AsyncPageable<QueueProperties> GetQueuesAsync(CancellationToken cancellationToken = default) =>
        new LocalPageable<QueueProperties>(async () =>
            [.. (await (await OpenAsync()).ListAsync(EntityKind.Queue, null, cancellationToken)).Select(QueueOf)]);

    /// <summary>The counts of a queue.</summary>
    public virtual async Task<Response<QueueRuntimeProperties>> GetQueueRuntimePropertiesAsync(
        string name, CancellationToken cancellationToken = default) => LocalResponse.Of(await QueueNumbersAsync(name, cancellationToken));

    /// <summary>The counts of all queues.</summary>
    public virtual AsyncPageable<QueueRuntimeProperties> GetQueuesRuntimePropertiesAsync(CancellationToken cancellationToken = default) =>
        new LocalPageable<QueueRuntimeProperties>(async () =>
        {
            var numbers = new List<QueueRuntimeProperties>();
            foreach (var entity in await (await OpenAsync()).ListAsync(EntityKind.Queue, null, cancellationToken))
            {
                numbers.Add(await QueueNumbersAsync(entity.Path, cancellationToken));
            }

            return numbers;
        });

    private async Task<QueueRuntimeProperties> QueueNumbersAsync(string name, CancellationToken cancellationToken) =>
        new(name, await StatisticsAsync(name, EntityKind.Queue, cancellationToken));

    private static QueueProperties QueueOf(Entity entity) => new(entity.Path, entity.Settings);
}
