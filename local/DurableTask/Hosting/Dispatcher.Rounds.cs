using Microsoft.Extensions.Logging;
using Npgsql;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

internal sealed partial class Dispatcher
{
    private const int MaxFetch = 200;
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(500);
    private volatile bool isStarved;

    /// <summary>One transaction after the other, until the queue is complete. It sleeps while there is nothing to commit and nothing is due.</summary>
    private async Task RoundsAsync(Shift shift)
    {
        var news = hub.NextNews();
        var queued = queue.WaitAsync();
        var wanted = true;
        DateTimeOffset? due = null;
        while (true)
        {
            if (news.IsCompleted)
            {
                news = hub.NextNews();
                wanted = true;
            }

            var group = shift.IsStopping ? queue.Take() : queue.Take(LeaseStart);
            wanted |= group.Exists(entry => entry.Commit.MakesWork);
            var fetch = wanted && !shift.IsStopping ? NextFetch() : null;
            if (group.Count > 0 || fetch is not null)
            {
                (wanted, due) = await RoundAsync(shift, group, fetch, wanted, due).ConfigureAwait(false);
                await momentum.SettleAsync().ConfigureAwait(false);
                continue;
            }

            if (queue.Completion.IsCompleted)
            {
                return;
            }

            queued = queued.IsCompleted ? queue.WaitAsync() : queued;
            if (shift.IsStopping)
            {
                await queued.ConfigureAwait(false);
                continue;
            }

            await hub.WaitAsync([queued, news], wanted ? null : due, IdlePoll, shift.Stopping).ConfigureAwait(false);
            wanted = wanted || !queued.IsCompleted;
        }
    }

    /// <summary>What to lease now; <c>null</c> when as much runs as may.</summary>
    private FetchRequest? NextFetch()
    {
        isStarved = true;   // a slot that is freed from here on wakes
        var instances = Math.Clamp(Limits.MaximumConcurrentOrchestrationWorkItems - Volatile.Read(ref runningInstances), 0, MaxFetch);
        var activities = Math.Clamp(Limits.MaximumConcurrentActivityWorkItems - Volatile.Read(ref runningActivities), 0, MaxFetch);
        isStarved = instances == 0 || activities == 0;
        return instances + activities == 0 ? null : new FetchRequest(instances, activities, host.Settings.Filter);
    }

    /// <summary>Commits and leases; says whether to lease more at once, and when something is due otherwise.</summary>
    private async Task<(bool Wanted, DateTimeOffset? Due)> RoundAsync(
        Shift shift, List<CommitQueue.Entry> group, FetchRequest? fetch, bool wanted, DateTimeOffset? due)
    {
        try
        {
            var round = await hub.Store.CommitAsync(worker, group.ConvertAll(entry => entry.Commit), fetch, CancellationToken.None).ConfigureAwait(false);
            for (var at = 0; at < group.Count; at++)
            {
                Completed(shift, group[at], round.Results[at]);
            }

            if (hub.HasSeveralWriters && group.Exists(entry => entry.Commit.MakesWork))
            {
                hub.Wake();
            }

            if (fetch is null)
            {
                return (wanted, due);
            }

            Begin(shift, round.Work);
            var isFull = round.Work.Unreadable.Count > 0
                || (fetch.MaxInstances > 0 && round.Work.Instances.Count >= fetch.MaxInstances)
                || (fetch.MaxActivities > 0 && round.Work.Activities.Count >= fetch.MaxActivities);
            return (isFull, round.Work.NextDue);
        }
        catch (PostgresException e) when (group.Count > 0 && !IsLost(e))
        {
            // One bad commit spoils the transaction of all: each for itself then, so that only the bad one fails.
            await EachAsync(shift, group).ConfigureAwait(false);
            return (wanted, due);
        }
        catch (Exception e)
        {
            RoundFailed(e);
            group.ForEach(entry => entry.Done.SetException(e));
            await BeginAnewAsync(shift).ConfigureAwait(false);
            return (true, due);
        }
    }

    /// <summary>A start of a client of this process is leased with its commit, when there is room for its first step.</summary>
    private CommitQueue.Entry LeaseStart(CommitQueue.Entry entry, int before) =>
        entry.Commit is StartCommit { Start.StartAt: null } start && (host.Settings.Filter?.Allows(start.Instance(0, default)) ?? true)
            && Volatile.Read(ref runningInstances) + before < Limits.MaximumConcurrentOrchestrationWorkItems
            ? entry with { Commit = start with { IsLeased = true } }
            : entry;

    private void Completed(Shift shift, CommitQueue.Entry entry, CommitResult result)
    {
        if (result.Instance is { } leased && turns.Begin(leased) is { } turn)
        {
            StartTurn(shift, turn);
        }

        entry.Complete(result);
    }

    private void Begin(Shift shift, FetchedWork work)
    {
        if (shift.IsStopping)
        {
            return;   // what was leased meanwhile goes back when the worker leaves
        }

        foreach (var leased in work.Instances)
        {
            if (turns.Begin(leased) is { } turn)
            {
                StartTurn(shift, turn);
            }
        }

        foreach (var unreadable in work.Unreadable)
        {
            Start(_ => GiveUpAsync(unreadable), () => { });
        }

        Interlocked.Add(ref runningActivities, work.Activities.Count);
        foreach (var leased in work.Activities)
        {
            StartActivity(shift, leased);
        }
    }

    private async Task EachAsync(Shift shift, List<CommitQueue.Entry> group)
    {
        foreach (var entry in group)
        {
            try
            {
                var round = await hub.Store.CommitAsync(worker, [entry.Commit], null, CancellationToken.None).ConfigureAwait(false);
                Completed(shift, entry, round.Results[0]);
            }
            catch (Exception e)
            {
                entry.Done.SetException(e);
            }
        }
    }

    private static bool IsLost(PostgresException e) => e.SqlState.StartsWith("57P", StringComparison.Ordinal) || e.SqlState.StartsWith("08", StringComparison.Ordinal);

    /// <summary>
    /// The database went away, and nobody knows what was committed: what this worker held is given back, so that it is leased
    /// again as it stands in the tables.
    /// </summary>
    private async Task BeginAnewAsync(Shift shift)
    {
        while (!shift.Aborting.IsCancellationRequested)
        {
            await Task.Delay(IdlePoll, CancellationToken.None).ConfigureAwait(false);
            try
            {
                await hub.Store.LeaveAsync(worker, CancellationToken.None).ConfigureAwait(false);
                worker = await hub.Store.JoinAsync(CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (!shift.IsStopping)
            {
                RoundFailed(e);
            }
            catch (Exception e)
            {
                RoundFailed(e);
                return;
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Work could not be committed or leased; trying again.")]
    private partial void RoundFailed(Exception exception);
}
