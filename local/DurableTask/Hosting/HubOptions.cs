namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Which hub a worker or a client uses.</summary>
internal sealed class HubOptions
{
    /// <summary>Opens the hub, or gives the one that is open.</summary>
    public Func<IServiceProvider, Task<Hub>> OpenAsync { get; set; } =
        _ => Task.FromException<Hub>(new InvalidOperationException("No task hub was chosen: call UseHub or UseInMemoryHub."));
}
