using System.Threading.Channels;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Commits what is ready together: many pieces of work share one transaction, each is accepted or refused on its own.</summary>
internal sealed class Committer(IHubStore store, int worker)
{
    private const int MaxGroup = 64;

    private readonly Channel<Entry> queue = Channel.CreateUnbounded<Entry>();

    /// <summary>Commits; false when the store refused because somebody else was faster.</summary>
    public Task<bool> CommitAsync(WorkCommit commit)
    {
        var entry = new Entry(commit, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        return queue.Writer.TryWrite(entry)
            ? entry.Done.Task
            : Task.FromException<bool>(new InvalidOperationException("The worker has stopped."));
    }

    /// <summary>Commits until <see cref="Complete"/> was called and nothing is left.</summary>
    public async Task RunAsync()
    {
        var group = new List<Entry>();
        while (await queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (group.Count < MaxGroup && queue.Reader.TryRead(out var entry))
            {
                group.Add(entry);
            }

            await CommitGroupAsync(group).ConfigureAwait(false);
            group.Clear();
        }
    }

    public void Complete() => queue.Writer.TryComplete();

    private async Task CommitGroupAsync(List<Entry> group)
    {
        try
        {
            var accepted = await store.CommitAsync(worker, group.ConvertAll(entry => entry.Commit), CancellationToken.None).ConfigureAwait(false);
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Done.SetResult(accepted[i]);
            }
        }
        catch (Exception e) when (group.Count == 1)
        {
            group[0].Done.SetException(e);
        }
        catch (Exception)
        {
            // One bad commit spoils the transaction of all: each for itself then, so that only the bad one fails.
            foreach (var entry in group)
            {
                await CommitGroupAsync([entry]).ConfigureAwait(false);
            }
        }
    }

    private sealed record Entry(WorkCommit Commit, TaskCompletionSource<bool> Done);
}
