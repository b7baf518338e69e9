namespace ToolboxAI.Local.Functions;

/// <summary>
/// The end of a trigger's work: what runs gets the grace period, then it is told to stop, then it is left behind. After a stop the tokens
/// are new ones, so that a trigger can be started again; work keeps those that it was started with.
/// </summary>
internal sealed class Draining : IDisposable
{
    /// <summary>How long work may take to notice that it was told to stop.</summary>
    private static readonly TimeSpan LastWord = TimeSpan.FromMilliseconds(500);

    private CancellationTokenSource stopping = new();
    private CancellationTokenSource aborting = new();

    /// <summary>Cancelled when no more work is to be taken.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Cancelled when the grace period is over.</summary>
    public CancellationToken Aborting => aborting.Token;

    /// <summary>Stops taking work and waits for <paramref name="running"/>. Whether it ended in time.</summary>
    public async Task<bool> StopAsync(Task running, CancellationToken graceOver)
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.WaitAsync(graceOver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompleted)
        {
            await aborting.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(running, Task.Delay(LastWord, CancellationToken.None)).ConfigureAwait(false);
        }

        Dispose();
        stopping = new();
        aborting = new();
        return running.IsCompleted;
    }

    public void Dispose()
    {
        stopping.Dispose();
        aborting.Dispose();
    }
}
