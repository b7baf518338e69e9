namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>
/// Lets a round wait a moment for the work that the one before has set going, so that quick steps and activities are committed together
/// and not the first of them ahead of the others. Who takes longer than that moment is not waited for again.
/// </summary>
internal sealed class Momentum
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(2);

    private readonly Lock gate = new();
    private TaskCompletionSource? settled;
    private int round;
    private int moving;

    /// <summary>Work begins; it ends when it has something to commit, or comes to its end without.</summary>
    public Motion Begin()
    {
        lock (gate)
        {
            moving++;
            return new Motion(this, round);
        }
    }

    /// <summary>Waits until what began since the last time has ended, or a moment.</summary>
    public async Task SettleAsync()
    {
        Task ended;
        lock (gate)
        {
            if (moving == 0)
            {
                return;
            }

            settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            ended = settled.Task;
        }

        await Task.WhenAny(ended, Task.Delay(Moment)).ConfigureAwait(false);
        lock (gate)
        {
            settled = null;
            moving = 0;
            round++;
        }
    }

    private void End(int begunIn)
    {
        lock (gate)
        {
            if (begunIn == round && --moving == 0)
            {
                settled?.TrySetResult();
            }
        }
    }

    /// <summary>A piece of work that is under way.</summary>
    internal sealed class Motion(Momentum momentum, int round)
    {
        private int ended;

        /// <summary>Ends it; once is enough.</summary>
        public void End()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
            {
                momentum.End(round);
            }
        }
    }
}
