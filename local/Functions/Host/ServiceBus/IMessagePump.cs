namespace ToolboxAI.Local.Functions;

/// <summary>Brings the messages of one trigger to its function.</summary>
internal interface IMessagePump
{
    /// <summary>Takes messages until <paramref name="stopping"/>, then waits for what runs; functions see <paramref name="aborting"/>.</summary>
    Task RunAsync(CancellationToken stopping, CancellationToken aborting);
}
