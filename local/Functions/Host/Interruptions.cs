namespace ToolboxAI.Local.Functions;

/// <summary>What a trigger was interrupted by: one trouble is told once a minute, however many pumps meet it and however often.</summary>
internal sealed class Interruptions(TimeProvider time)
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private string? trouble;
    private DateTimeOffset toldAt;

    public bool IsNews(Exception exception)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (trouble == exception.Message && now - toldAt < Silence)
            {
                return false;
            }

            (trouble, toldAt) = (exception.Message, now);
            return true;
        }
    }

    /// <summary>Keeps work running until <paramref name="stopping"/>: what it needs may go away and come back, and it is begun again every second.</summary>
    /// <param name="work">Ends when it is told to stop, or throws.</param>
    /// <param name="tell">Logs an interruption that is news.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task KeepAsync(Func<Task> work, Action<Exception> tell, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (IsNews(e))
                {
                    tell(e);
                }

                await Task.Delay(Pause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
