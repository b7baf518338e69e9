using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Functions;

/// <summary>Section <c>extensions.blobs</c> of host.json, with the real host's defaults.</summary>
internal sealed class BlobOptions
{
    /// <summary>How many blobs one function works on at once.</summary>
    public int MaxDegreeOfParallelism { get; set; } = 8 * Environment.ProcessorCount;

    /// <summary>How often a blob is tried before a message about it goes to the poison queue.</summary>
    public int PoisonBlobThreshold { get; set; } = 5;

    public static BlobOptions Read(HostSettings host) => host.Extension("blobs").Get<BlobOptions>() ?? new();
}

/// <summary>Runs the functions with a blob trigger.</summary>
internal sealed class BlobListener(
    FunctionCatalog catalog, FunctionInvoker invoker, StorageConnections storage, LocalInstallation installation, HostSettings host, ILogger<BlobListener> log)
    : ITriggerListener, IDisposable
{
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

        var (stopping, aborting) = (draining.Stopping, draining.Aborting);
        running = Task.WhenAll(functions.Select(Pump).OfType<BlobPump>().Select(pump => KeepAsync(pump, stopping, aborting)));
    }

    public Task StopAsync(CancellationToken cancellationToken) => draining.StopAsync(running, cancellationToken);

    public void Dispose() => draining.Dispose();

    private static async Task KeepAsync(BlobPump pump, CancellationToken stopping, CancellationToken aborting)
    {
        using (pump)
        {
            await Task.Run(() => pump.RunAsync(stopping, aborting), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private BlobPump? Pump(LocalFunction function)
    {
        var trigger = (BlobTriggerAttribute)function.Trigger.Attribute!;
        try
        {
            var path = BlobPath.Parse(storage.Resolve(trigger.BlobPath));
            return new(function, path, storage, receipts, invoker, BlobOptions.Read(host)) { Log = log };
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            catalog.Fail(function, e.Message);
            return null;
        }
    }
}
