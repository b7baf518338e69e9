using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>A blob as a client, a stream, text, bytes or from JSON; a container as a client or as all its blobs.</summary>
internal sealed class BlobStorageConverter(IOptions<WorkerOptions> options, StorageConnections storage, IConfiguration settings, TimeProvider clock) : IInputConverter
{
    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        try
        {
            if (context.Source is BlobReference trigger)
            {
                var container = trigger.Blob.GetParentBlobContainerClient();
                return ConversionResult.Success(await ValueAsync(context, container, trigger.Blob.Name).ConfigureAwait(false));
            }

            if (!context.TryGetBindingAttribute<BlobInputAttribute>(out var found))
            {
                return ConversionResult.Unhandled();
            }

            var input = (BlobInputAttribute)found;
            var path = BindingExpressions.Resolve(input.BlobPath, context.FunctionContext.BindingContext.BindingData, settings, clock).Split('/', 2);
            var parent = storage.Blobs(input.Connection).GetBlobContainerClient(path[0]);
            return ConversionResult.Success(await ValueAsync(context, parent, path.Length == 2 ? path[1] : "").ConfigureAwait(false));
        }
        catch (Exception e)
        {
            return ConversionResult.Failed(e);
        }
    }

    private async Task<object?> ValueAsync(ConverterContext context, BlobContainerClient container, string name)
    {
        var target = context.TargetType;
        if (target == typeof(BlobContainerClient))
        {
            return container;
        }

        var element = target.IsArray && target != typeof(byte[]) ? target.GetElementType()
            : target.IsGenericType && target.IsAssignableFrom(typeof(List<>).MakeGenericType(target.GetGenericArguments()[0])) ? target.GetGenericArguments()[0] : null;
        return element is null || context.Source is BlobReference || await HoldsListAsync(container, name, element, context.FunctionContext.CancellationToken).ConfigureAwait(false)
            ? await BlobAsync(context, container, name, target).ConfigureAwait(false)
            : await AllAsync(context, container, name, element).ConfigureAwait(false);
    }

    /// <summary>A path that names a blob, and not a container or folder, gives the list that is written in that blob.</summary>
    private static async Task<bool> HoldsListAsync(BlobContainerClient container, string name, Type element, CancellationToken cancellationToken) =>
        name.Length > 0 && element != typeof(Stream) && !element.IsAssignableTo(typeof(BlobBaseClient)) && await container.GetBlobClient(name).ExistsAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>All blobs of the container, or those below a folder.</summary>
    private async Task<object> AllAsync(ConverterContext context, BlobContainerClient container, string prefix, Type element)
    {
        var values = new List<object?>();
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, context.FunctionContext.CancellationToken).ConfigureAwait(false))
        {
            values.Add(await BlobAsync(context, container, blob.Name, element).ConfigureAwait(false));
        }

        var array = Array.CreateInstance(element, values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            array.SetValue(values[i], i);
        }

        return context.TargetType.IsInstanceOfType(array) ? array : Activator.CreateInstance(typeof(List<>).MakeGenericType(element), array)!;
    }

    private async Task<object?> BlobAsync(ConverterContext context, BlobContainerClient container, string name, Type target)
    {
        var cancellationToken = context.FunctionContext.CancellationToken;
        var blob = container.GetBlobClient(name);
        switch (target)
        {
            case var t when t == typeof(BlobClient) || t == typeof(BlobBaseClient):
                return blob;
            case var t when t == typeof(BlockBlobClient):
                return container.GetBlockBlobClient(name);
            case var t when t == typeof(AppendBlobClient):
                return container.GetAppendBlobClient(name);
            case var t when t == typeof(PageBlobClient):
                return container.GetPageBlobClient(name);
            case var t when t == typeof(Stream):
                return await blob.OpenReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        if (context.Source is not BlobReference && !await blob.ExistsAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        BinaryData content = (await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value.Content;
        using var stream = content.ToStream();
        return target switch
        {
            var t when t == typeof(string) => content.ToString(),
            var t when t == typeof(byte[]) => content.ToArray(),
            var t when t == typeof(BinaryData) => content,
            _ => await options.Value.Serializer!.DeserializeAsync(stream, target, cancellationToken).ConfigureAwait(false),
        };
    }
}
