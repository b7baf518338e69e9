using System.Threading.Channels;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>
/// What waits to be committed by a worker: finished work, and what clients of the same process ask for. What gathers while one
/// transaction is under way goes into the next one together; each is accepted or refused on its own.
/// </summary>
internal sealed class CommitQueue
{
    private const int MaxGroup = 256;

    private readonly Channel<Entry> queue = Channel.CreateUnbounded<Entry>(new() { SingleReader = true });

    /// <summary>Ends when all that will ever be committed is.</summary>
    public Task Completion => queue.Reader.Completion;

    /// <summary>Commits; false when the worker has stopped. <paramref name="then"/> runs before the next round begins.</summary>
    public bool TryCommit(WorkCommit commit, out Task<CommitResult> committing, Action<CommitResult>? then = null)
    {
        var entry = new Entry(commit, new TaskCompletionSource<CommitResult>(TaskCreationOptions.RunContinuationsAsynchronously), then);
        committing = entry.Done.Task;
        return queue.Writer.TryWrite(entry);
    }

    /// <summary>Commits work of the worker itself.</summary>
    public Task<CommitResult> CommitAsync(WorkCommit commit, Action<CommitResult>? then = null) => TryCommit(commit, out var committing, then)
        ? committing
        : Task.FromException<CommitResult>(new InvalidOperationException("The worker has stopped."));

    /// <summary>Ends when there is something to commit, or never will be.</summary>
    public Task WaitAsync() => queue.Reader.WaitToReadAsync().AsTask();

    /// <summary>Takes what is ready; <paramref name="change"/> sees each entry and how many it comes after.</summary>
    public List<Entry> Take(Func<Entry, int, Entry>? change = null)
    {
        var group = new List<Entry>();
        while (group.Count < MaxGroup && queue.Reader.TryRead(out var entry))
        {
            group.Add(change is null ? entry : change(entry, group.Count));
        }

        return group;
    }

    public void Complete() => queue.Writer.TryComplete();

    /// <summary>Something to commit, what follows from it, and who waits for it.</summary>
    internal sealed record Entry(WorkCommit Commit, TaskCompletionSource<CommitResult> Done, Action<CommitResult>? Then)
    {
        public void Complete(CommitResult result)
        {
            try
            {
                Then?.Invoke(result);
                Done.SetResult(result);
            }
            catch (Exception e)
            {
                Done.SetException(e);
            }
        }
    }
}
