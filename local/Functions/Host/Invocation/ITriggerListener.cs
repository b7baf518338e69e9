namespace ToolboxAI.Local.Functions;

/// <summary>
/// How an extension listens for a kind of trigger. Register it as a singleton <see cref="ITriggerListener"/> in the extension's
/// <see cref="Microsoft.Azure.Functions.Worker.Core.WorkerExtensionStartup"/>; to invoke, take <see cref="FunctionInvoker"/>
/// from the services. Inputs are bound by the official <see cref="Microsoft.Azure.Functions.Worker.Converters.IInputConverter"/>.
/// </summary>
public interface ITriggerListener
{
    /// <summary>The binding type that it serves, for example <c>orchestrationTrigger</c>.</summary>
    string TriggerType { get; }

    /// <summary>
    /// Starts listening, and returns once it does. <paramref name="functions"/> are all functions of that type that are neither
    /// disabled nor in error; the list may be empty.
    /// </summary>
    Task StartAsync(IReadOnlyList<LocalFunction> functions, CancellationToken cancellationToken);

    /// <summary>
    /// Takes no more work, then waits for what runs until <paramref name="cancellationToken"/> is cancelled (the grace period is over);
    /// what is cut off then must be delivered again later.
    /// </summary>
    Task StopAsync(CancellationToken cancellationToken);
}
