using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>Runs the functions with a blob trigger: scans their containers, and gives each version of each blob to its function until it succeeds, five times at most.</summary>
internal sealed partial class BlobListener(
    FunctionCatalog catalog, FunctionInvoker invoker, StorageConnections storage, LocalInstallation installation, IConfiguration settings, ILogger<BlobListener> log)
    : ITriggerListener, IDisposable
{
    private const int MaxTries = 5;
    private const string PoisonQueue = "webjobs-blobtrigger-poison";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Draining draining = new();
    private IBlobReceipts receipts = new MemoryBlobReceipts();
    private Task running = Task.CompletedTask;

    public string TriggerType => "blobTrigger";

    public async Task StartAsync(IReadOnlyList<LocalFunction> functions, CancellationToken cancellationToken)
    {
        if (functions.Count > 0 && await installation.SessionAsync().ConfigureAwait(false) is { } session)
        {
            receipts = new PostgresBlobReceipts(session);
        }

        running = Task.WhenAll(functions.Select(KeepAsync));
    }

    public Task StopAsync(CancellationToken cancellationToken) => draining.StopAsync(running, cancellationToken);

    public void Dispose() => draining.Dispose();

    private async Task KeepAsync(LocalFunction function)
    {
        var trigger = (BlobTriggerAttribute)function.Trigger.Attribute!;
        BlobServiceClient service;
        try
        {
            service = storage.Blobs(trigger.Connection);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            catalog.Fail(function, e.Message);
            return;
        }

        var path = BlobPath.Parse(SettingExpressions.Resolve(trigger.BlobPath, settings));
        while (!draining.Stopping.IsCancellationRequested)
        {
            try
            {
                await ScanAsync(function, service.GetBlobContainerClient(path.Container), path).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (draining.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogInterrupted(log, e, path.Container);
            }

            await Task.Delay(Pause, draining.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ScanAsync(LocalFunction function, BlobContainerClient container, BlobPath path)
    {
        if (!await container.ExistsAsync(draining.Stopping).ConfigureAwait(false))
        {
            return;
        }

        var options = new GetBlobsOptions { Prefix = path.Prefix };
        await foreach (var blob in container.GetBlobsAsync(options, draining.Stopping).ConfigureAwait(false))
        {
            if (path.Match(blob.Name) is { } data
                && await receipts.ClaimAsync(function.Name, $"{container.Name}/{blob.Name}", blob.Properties.ETag.ToString()!, draining.Stopping).ConfigureAwait(false) is { } attempt)
            {
                await RunAsync(function, container.GetBlobClient(blob.Name), data, attempt).ConfigureAwait(false);
            }
        }
    }

    private async Task RunAsync(LocalFunction function, BlobClient blob, Dictionary<string, object?> data, int attempt)
    {
        data["Uri"] = blob.Uri;
        var result = await invoker.InvokeAsync(function, new BlobReference(blob), data, cancellationToken: draining.Aborting).ConfigureAwait(false);
        var givenUp = !result.Succeeded && attempt >= MaxTries;
        if (givenUp)
        {
            await PoisonAsync(function, blob).ConfigureAwait(false);
        }

        await receipts.EndAsync(function.Name, $"{blob.BlobContainerName}/{blob.Name}", done: result.Succeeded || givenUp, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task PoisonAsync(LocalFunction function, BlobClient blob)
    {
        var queue = storage.Queues(((BlobTriggerAttribute)function.Trigger.Attribute!).Connection).GetQueueClient(PoisonQueue);
        await queue.CreateIfNotExistsAsync().ConfigureAwait(false);
        var message = new { Type = "BlobTrigger", FunctionId = function.Id, BlobType = "BlockBlob", ContainerName = blob.BlobContainerName, BlobName = blob.Name };
        await queue.SendMessageAsync(JsonSerializer.Serialize(message)).ConfigureAwait(false);
    }

    [LoggerMessage(60, LogLevel.Warning, "Scanning the container {Container} was interrupted; it goes on in a second")]
    private static partial void LogInterrupted(ILogger log, Exception exception, string container);
}

/// <summary>The blob that set a function off.</summary>
internal sealed record BlobReference(BlobClient Blob);
