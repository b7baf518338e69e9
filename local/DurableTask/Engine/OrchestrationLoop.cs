using System.Collections.Concurrent;

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
    private BlockingCollection<(SendOrPostCallback Callback, object? State)>? guests;

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
        else if (Volatile.Read(ref guests) is { } welcome)
        {
            welcome.Add((d, state));
        }
        else
        {
            Volatile.Write(ref foreign, 1);
        }
    }

    /// <summary>
    /// From now on continuations of other threads are welcome: the code has ended, what is left is the way out through a host's
    /// pipeline, whose pieces may go on anywhere.
    /// </summary>
    public void WelcomeGuests() => Volatile.Write(ref guests, []);

    /// <summary>Blocks the step until <paramref name="task"/> ends, running what it posts here.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public void Await(Task task, TimeSpan limit)
    {
        var posts = guests ?? throw new InvalidOperationException("Guests must be welcome before they are waited for.");
        _ = task.ContinueWith(_ => posts.Add((static _ => { }, null)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        Drain();
        while (!task.IsCompleted)
        {
            if (!posts.TryTake(out var next, (int)Math.Max(0, deadline - Environment.TickCount64)))
            {
                throw new TimeoutException("The host's pipeline did not end after the orchestrator's code.");
            }

            next.Callback(next.State);
            Drain();
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
            Drain();
        }
        finally
        {
            SetSynchronizationContext(outer);
            Volatile.Write(ref thread, -1);
        }
    }

    private void Drain()
    {
        while (queue.TryDequeue(out var next))
        {
            next.Callback(next.State);
        }
    }
}
