namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>
/// Runs an orchestrator's continuations one after the other on the thread that makes the step. What is posted from another
/// thread came from an await of something that is not durable: it is noted, so that the orchestration can be failed.
/// </summary>
internal sealed class OrchestrationLoop : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();
    private int thread = -1;
    private int foreign;

    /// <summary>Whether a continuation came from outside of a step.</summary>
    public bool SawForeignContinuation => Volatile.Read(ref foreign) != 0;

    /// <summary>Whether the calling thread is the one that makes the step.</summary>
    public bool IsCurrent => Environment.CurrentManagedThreadId == Volatile.Read(ref thread);

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
        {
            queue.Enqueue((d, state));
        }
        else
        {
            Volatile.Write(ref foreign, 1);
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => Post(d, state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs <paramref name="start"/> and all that it sets going, until nothing is left that can run.</summary>
    public void Run(Action start)
    {
        var outer = Current;
        Volatile.Write(ref thread, Environment.CurrentManagedThreadId);
        SetSynchronizationContext(this);
        try
        {
            start();
            while (queue.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            SetSynchronizationContext(outer);
            Volatile.Write(ref thread, -1);
        }
    }
}
