using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ToolboxAI.Local.Functions;

/// <summary>Scans one container for one function, and gives it each version of each blob until it succeeds or was tried too often.</summary>
internal sealed partial class BlobPump : IDisposable
{
    private const string PoisonQueue = "webjobs-blobtrigger-poison";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly LocalFunction function;
    private readonly BlobPath path;
    private readonly StorageConnections storage;
    private readonly string? connection;
    private readonly BlobContainerClient container;
    private readonly IBlobReceipts receipts;
    private readonly FunctionInvoker invoker;
    private readonly BlobOptions options;
    private readonly SemaphoreSlim places;
    private readonly Interruptions interruptions = new(TimeProvider.System);

    /// <exception cref="InvalidOperationException">The connection's setting is missing or empty.</exception>
    public BlobPump(LocalFunction function, BlobPath path, StorageConnections storage, IBlobReceipts receipts, FunctionInvoker invoker, BlobOptions options)
    {
        this.function = function;
        this.path = path;
        this.storage = storage;
        this.receipts = receipts;
        this.invoker = invoker;
        this.options = options;
        connection = ((BlobTriggerAttribute)function.Trigger.Attribute!).Connection;
        container = storage.Blobs(connection).GetBlobContainerClient(path.Container);
        places = new(options.MaxDegreeOfParallelism);
    }

    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Takes blobs until <paramref name="stopping"/>, then waits for what runs; functions see <paramref name="aborting"/>.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ScanAsync(stopping, aborting).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                Tell(e);
            }

            await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // All places free again: nothing runs any more.
        for (var i = 0; i < options.MaxDegreeOfParallelism; i++)
        {
            await places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    public void Dispose() => places.Dispose();

    private async Task ScanAsync(CancellationToken stopping, CancellationToken aborting)
    {
        if (!await container.ExistsAsync(stopping).ConfigureAwait(false))
        {
            return;
        }

        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = path.Prefix }, stopping).ConfigureAwait(false))
        {
            if (path.Match(blob.Name) is { } data)
            {
                await places.WaitAsync(stopping).ConfigureAwait(false);
                _ = HandleAsync(container.GetBlobClient(blob.Name), blob.Properties.ETag.ToString()!, data, aborting);
            }
        }
    }

    private async Task HandleAsync(BlobClient blob, string version, Dictionary<string, object?> data, CancellationToken aborting)
    {
        try
        {
            var name = $"{blob.BlobContainerName}/{blob.Name}";
            if (await receipts.ClaimAsync(function.Name, name, version, aborting).ConfigureAwait(false) is { } attempt)
            {
                data["Uri"] = blob.Uri;
                var result = await invoker.InvokeAsync(function, new BlobReference(blob), data, cancellationToken: aborting).ConfigureAwait(false);
                var givenUp = !result.Succeeded && attempt >= options.PoisonBlobThreshold;
                if (givenUp)
                {
                    await PoisonAsync(blob).ConfigureAwait(false);
                }

                await receipts.EndAsync(function.Name, name, version, done: result.Succeeded || givenUp, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Tell(e);
        }
        finally
        {
            places.Release();
        }
    }

    private void Tell(Exception trouble)
    {
        if (interruptions.IsNews(trouble))
        {
            LogInterrupted(Log, trouble, path.Container);
        }
    }

    private async Task PoisonAsync(BlobClient blob)
    {
        var queue = storage.Queues(connection).GetQueueClient(PoisonQueue);
        await queue.CreateIfNotExistsAsync().ConfigureAwait(false);
        var message = new { Type = "BlobTrigger", FunctionId = function.Id, BlobType = "BlockBlob", ContainerName = blob.BlobContainerName, BlobName = blob.Name };
        await queue.SendMessageAsync(JsonSerializer.Serialize(message)).ConfigureAwait(false);
    }

    [LoggerMessage(60, LogLevel.Warning, "Scanning the container {Container} was interrupted; it goes on in a second")]
    private static partial void LogInterrupted(ILogger log, Exception exception, string container);
}

/// <summary>The blob that set a function off.</summary>
internal sealed record BlobReference(BlobClient Blob);
