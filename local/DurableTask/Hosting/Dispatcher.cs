using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Leases due work, runs it, commits it; waits for news when there is none.</summary>
internal sealed partial class Dispatcher(Hub hub, ITaskHost host)
{
    /// <summary>Work that was leased this often without a commit is set aside.</summary>
    public const int MaxAttempts = 10;

    /// <summary>Why work is set aside that never came to an end.</summary>
    public const string WorkerDied = "Its worker died each time.";

    private static readonly TimeSpan RejectedPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(500);
    private readonly ILogger logger = host.Settings.Loggers.CreateLogger("ToolboxAI.Local.DurableTask");
    private readonly WorkProcessor processor = new(hub, host, hub.Clock);
    private readonly ConcurrentDictionary<Task, byte> running = [];
    private int runningInstances;
    private int runningActivities;

    /// <summary>Works until <paramref name="stopping"/>, then lets what is running come to its end until <paramref name="aborting"/>.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        var worker = await hub.Store.JoinAsync(stopping).ConfigureAwait(false);
        var committer = new Committer(hub.Store, worker);
        var committing = committer.RunAsync();
        using var entitySlots = new SemaphoreSlim(Math.Max(1, host.Settings.Options.Concurrency.MaximumConcurrentEntityWorkItems));
        try
        {
            await LeaseAsync(new Shift(worker, committer, entitySlots, aborting), stopping).ConfigureAwait(false);
        }
        finally
        {
            await Task.WhenAll(running.Keys).WaitAsync(aborting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            committer.Complete();
            await committing.ConfigureAwait(false);
            await hub.Store.LeaveAsync(worker, CancellationToken.None).ConfigureAwait(false);
            hub.Wake();
        }
    }

    private async Task LeaseAsync(Shift shift, CancellationToken stopping)
    {
        var limits = host.Settings.Options.Concurrency;
        while (!stopping.IsCancellationRequested)
        {
            var news = hub.NextNews();
            try
            {
                var instances = Math.Max(0, limits.MaximumConcurrentOrchestrationWorkItems - Volatile.Read(ref runningInstances));
                var activities = Math.Max(0, limits.MaximumConcurrentActivityWorkItems - Volatile.Read(ref runningActivities));
                var work = instances + activities == 0
                    ? FetchedWork.None
                    : await hub.Store.FetchAsync(shift.Worker, Math.Min(instances, 64), Math.Min(activities, 64), host.Settings.Filter, stopping).ConfigureAwait(false);
                foreach (var leased in work.Instances)
                {
                    Start(() => StepAsync(shift, leased), ref runningInstances, () => Interlocked.Decrement(ref runningInstances));
                }

                foreach (var leased in work.Activities)
                {
                    Start(() => ActAsync(shift, leased), ref runningActivities, () => Interlocked.Decrement(ref runningActivities));
                }

                if (work.IsEmpty)
                {
                    var due = await hub.Store.NextDueAsync(stopping).ConfigureAwait(false);
                    await hub.WaitAsync(news, due, IdlePoll, stopping).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The database restarts or went away: nothing is lost, try again soon.
                FetchFailed(e);
                await Task.Delay(IdlePoll, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Start(Func<Task> work, ref int count, Action done)
    {
        Interlocked.Increment(ref count);
        var task = Task.Run(work, CancellationToken.None);
        running.TryAdd(task, 0);
        _ = task.ContinueWith(
            finished =>
            {
                running.TryRemove(finished, out _);
                done();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task StepAsync(Shift shift, LeasedInstance leased)
    {
        var instance = leased.Instance;
        try
        {
            if (instance.Attempts > MaxAttempts)
            {
                await hub.Store.SetInstanceAsideAsync(shift.Worker, instance.Key, WorkerDied, shift.Aborting).ConfigureAwait(false);
                SetAside(instance.Id, WorkerDied);
                return;
            }

            var step = await RunAsync(shift, leased).ConfigureAwait(false);
            if (await shift.Committer.CommitAsync(step.Commit).ConfigureAwait(false))
            {
                processor.Committed(step);
                hub.Stepped(step.Commit.After);
                hub.Wake();
            }
            else
            {
                await hub.Store.ReleaseInstanceAsync(shift.Worker, instance.Key, TimeSpan.Zero, false, shift.Aborting).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (shift.Aborting.IsCancellationRequested)
        {
            StepAborted(instance.Id);
        }
        catch (WorkRejectedException e)
        {
            Rejected(instance.Id, e.Message);
            await hub.Store.ReleaseInstanceAsync(shift.Worker, instance.Key, RejectedPause, false, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception e)
        {
            StepFailed(e, instance.Id, instance.Attempts);
            await GiveUpAsync(shift.Worker, leased, e).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a step. Batches of entities keep to a limit of their own.</summary>
    private async Task<Step> RunAsync(Shift shift, LeasedInstance leased)
    {
        if (!leased.Instance.IsEntity)
        {
            return await processor.RunAsync(leased, shift.Aborting).ConfigureAwait(false);
        }

        await shift.EntitySlots.WaitAsync(shift.Aborting).ConfigureAwait(false);
        try
        {
            return await processor.RunAsync(leased, shift.Aborting).ConfigureAwait(false);
        }
        finally
        {
            shift.EntitySlots.Release();
        }
    }

    private async Task GiveUpAsync(int worker, LeasedInstance leased, Exception exception)
    {
        try
        {
            var instance = leased.Instance;
            if (instance.Attempts >= MaxAttempts)
            {
                await hub.Store.SetInstanceAsideAsync(worker, instance.Key, exception.ToString(), CancellationToken.None).ConfigureAwait(false);
                SetAside(instance.Id, exception.Message);
            }
            else
            {
                await hub.Store.ReleaseInstanceAsync(worker, instance.Key, Backoff(instance.Attempts), true, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            StepFailed(e, leased.Instance.Id, leased.Instance.Attempts);
        }
    }

    private async Task ActAsync(Shift shift, LeasedActivity leased)
    {
        try
        {
            if (leased.Attempts > MaxAttempts)
            {
                await hub.Store.SetActivityAsideAsync(shift.Worker, leased.Id, WorkerDied, shift.Aborting).ConfigureAwait(false);
                SetAside(leased.Call.InstanceId, WorkerDied);
                return;
            }

            var commit = await processor.RunAsync(leased, shift.Aborting).ConfigureAwait(false);
            if (!await shift.Committer.CommitAsync(commit).ConfigureAwait(false))
            {
                OutcomeRefused(leased.Call.Name, leased.Call.InstanceId);
            }

            hub.Wake();
        }
        catch (OperationCanceledException) when (shift.Aborting.IsCancellationRequested)
        {
            StepAborted(leased.Call.InstanceId);
        }
        catch (Exception e)
        {
            StepFailed(e, leased.Call.InstanceId, leased.Attempts);
            await (leased.Attempts >= MaxAttempts
                ? hub.Store.SetActivityAsideAsync(shift.Worker, leased.Id, e.ToString(), CancellationToken.None)
                : hub.Store.ReleaseActivityAsync(shift.Worker, leased.Id, Backoff(leased.Attempts), CancellationToken.None))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TimeSpan Backoff(int attempts) => TimeSpan.FromMilliseconds(Math.Min(10_000, 50 << Math.Min(attempts, 10)));

    /// <summary>What the pieces of work of one run of the dispatcher share.</summary>
    private sealed record Shift(int Worker, Committer Committer, SemaphoreSlim EntitySlots, CancellationToken Aborting);

    [LoggerMessage(1, LogLevel.Warning, "Work could not be fetched; trying again.")]
    private partial void FetchFailed(Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "A step of '{InstanceId}' could not be made (attempt {Attempt}).")]
    private partial void StepFailed(Exception exception, string instanceId, int attempt);

    [LoggerMessage(3, LogLevel.Error, "Work of '{InstanceId}' was set aside: {Reason}")]
    private partial void SetAside(string instanceId, string reason);

    [LoggerMessage(4, LogLevel.Information, "Work of '{InstanceId}' was broken off by the shutdown; it will be done again.")]
    private partial void StepAborted(string instanceId);

    [LoggerMessage(5, LogLevel.Information, "The outcome of activity '{Activity}' of '{InstanceId}' was not wanted any more.")]
    private partial void OutcomeRefused(string activity, string instanceId);

    [LoggerMessage(6, LogLevel.Debug, "A step of '{InstanceId}' is left to another worker: {Reason}")]
    private partial void Rejected(string instanceId, string reason);
}
