namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Which hub a worker or a client uses.</summary>
internal sealed class HubOptions
{
    /// <summary>Opens the hub, or gives the one that is open.</summary>
    public Func<IServiceProvider, Task<Hub>> OpenAsync { get; set; } =
        _ => Task.FromException<Hub>(new InvalidOperationException("No task hub was chosen: call UseHub or UseInMemoryHub."));

    /// <summary>Where a worker keeps large payloads.</summary>
    public Func<IServiceProvider, ExternalPayloads>? WorkerPayloads { get; set; }

    /// <summary>Where a client keeps large payloads.</summary>
    public Func<IServiceProvider, ExternalPayloads>? ClientPayloads { get; set; }

    public async Task<Hub> OpenForWorkerAsync(IServiceProvider services) =>
        (await OpenAsync(services).ConfigureAwait(false)).With(WorkerPayloads?.Invoke(services));

    public async Task<Hub> OpenForClientAsync(IServiceProvider services) =>
        (await OpenAsync(services).ConfigureAwait(false)).With(ClientPayloads?.Invoke(services));
}
