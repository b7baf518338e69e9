using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ToolboxAI.Local.Functions;

/// <summary>Writes what a function returned to a blob; one that exists is overwritten.</summary>
internal sealed class BlobOutput(StorageConnections storage, IOptions<WorkerOptions> options, IConfiguration settings, TimeProvider clock) : IOutputBinding
{
    public string BindingType => "blob";

    public async Task SendAsync(LocalBinding binding, object value, IReadOnlyDictionary<string, object?> bindingData, CancellationToken cancellationToken)
    {
        var attribute = (BlobOutputAttribute)binding.Attribute!;
        var path = BindingExpressions.Resolve(attribute.BlobPath, bindingData, settings, clock).Split('/', 2);
        var container = storage.Blobs(attribute.Connection).GetBlobContainerClient(path[0]);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var content = await OutputItems.ContentAsync(value, options.Value.Serializer!, cancellationToken).ConfigureAwait(false);
        await container.GetBlobClient(path[1]).UploadAsync(content, overwrite: true, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Sends what a function returned to a storage queue.</summary>
internal sealed class QueueOutput(StorageConnections storage, IOptions<WorkerOptions> options, IConfiguration settings, TimeProvider clock) : IOutputBinding
{
    public string BindingType => "queue";

    public async Task SendAsync(LocalBinding binding, object value, IReadOnlyDictionary<string, object?> bindingData, CancellationToken cancellationToken)
    {
        var attribute = (QueueOutputAttribute)binding.Attribute!;
        var name = BindingExpressions.Resolve(attribute.QueueName, bindingData, settings, clock);
        var queue = storage.Queues(attribute.Connection).GetQueueClient(name);
        await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var item in OutputItems.Of(value))
        {
            var content = await OutputItems.ContentAsync(item, options.Value.Serializer!, cancellationToken).ConfigureAwait(false);
            await queue.SendMessageAsync(content, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }
}
