using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>
/// Runs a hub's work. One round after the other, each a transaction, commits what is ready and leases what is due (Dispatcher.Rounds).
/// An activity that a step starts is leased with the step and runs at once, and its outcome leads on the instance that waits for it in
/// memory: neither takes a way through the tables. They stay what counts: whoever dies leaves there what others go on with.
/// </summary>
internal sealed partial class Dispatcher
{
    /// <summary>Work that was leased this often without a commit is set aside.</summary>
    public const int MaxAttempts = 10;

    /// <summary>Why work is set aside that never came to an end.</summary>
    public const string WorkerDied = "Its worker died each time.";

    private static readonly TimeSpan RejectedPause = TimeSpan.FromSeconds(1);
    private readonly Hub hub;
    private readonly ITaskHost host;
    private readonly ILogger logger;
    private readonly WorkProcessor processor;
    private readonly Turns turns;
    private readonly CommitQueue queue = new();
    private readonly Momentum momentum = new();
    private readonly ConcurrentDictionary<Task, byte> running = [];
    private int worker;
    private int runningInstances;
    private int runningActivities;

    public Dispatcher(Hub hub, ITaskHost host)
    {
        this.hub = hub;
        this.host = host;
        logger = host.Settings.Loggers.CreateLogger("ToolboxAI.Local.DurableTask");
        processor = new WorkProcessor(hub, host, hub.Clock);
        turns = new Turns(processor.Live);
    }

    private Microsoft.DurableTask.Worker.DurableTaskWorkerOptions.ConcurrencyOptions Limits => host.Settings.Options.Concurrency;

    /// <summary>Works until <paramref name="stopping"/>, then lets what is running come to its end until <paramref name="aborting"/>.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        worker = await hub.Store.JoinAsync(stopping).ConfigureAwait(false);
        hub.Attach(queue);
        using var entitySlots = new SemaphoreSlim(Math.Max(1, Limits.MaximumConcurrentEntityWorkItems));
        var shift = new Shift(entitySlots, stopping, aborting);
        var rounds = RoundsAsync(shift);
        await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        hub.Detach(queue);
        while (!running.IsEmpty && !aborting.IsCancellationRequested)
        {
            await Task.WhenAll(running.Keys).WaitAsync(aborting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        queue.Complete();
        await rounds.ConfigureAwait(false);
        await hub.Store.LeaveAsync(worker, CancellationToken.None).ConfigureAwait(false);
        hub.Wake();
    }

    private void StartTurn(Shift shift, Turns.Turn turn)
    {
        Interlocked.Increment(ref runningInstances);
        Start(motion => TurnAsync(shift, motion, turn), () => Interlocked.Decrement(ref runningInstances));
    }

    private void Start(Func<Momentum.Motion, Task> work, Action done)
    {
        var motion = momentum.Begin();
        var task = Task.Run(() => work(motion), CancellationToken.None);
        running.TryAdd(task, 0);
        _ = task.ContinueWith(
            finished =>
            {
                motion.End();
                running.TryRemove(finished, out _);
                done();
                if (isStarved)
                {
                    hub.Wake();
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task TurnAsync(Shift shift, Momentum.Motion motion, Turns.Turn turn)
    {
        for (var leased = turn.Current; leased is not null; leased = turn.Following)
        {
            turn.Following = null;
            await StepAsync(shift, motion, turn, leased).ConfigureAwait(false);
        }

        foreach (var outcome in turn.Outcomes)
        {
            await ((Task)queue.CommitAsync(outcome)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Makes and commits a step.</summary>
    private async Task StepAsync(Shift shift, Momentum.Motion motion, Turns.Turn turn, LeasedInstance leased)
    {
        var instance = leased.Instance;
        try
        {
            if (instance.Attempts > MaxAttempts)
            {
                await hub.Store.SetInstanceAsideAsync(worker, instance.Key, WorkerDied, shift.Aborting).ConfigureAwait(false);
                SetAside(instance.Id, WorkerDied);
                await GiveBackAsync(turn, leased, () => Task.CompletedTask).ConfigureAwait(false);
                return;
            }

            var step = await RunAsync(shift, leased).ConfigureAwait(false);
            if (!await CommitAsync(shift, motion, turn, step).ConfigureAwait(false))
            {
                await GiveBackAsync(turn, leased, () => ReleaseAsync(instance, TimeSpan.Zero, counts: false)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (shift.Aborting.IsCancellationRequested)
        {
            StepAborted(instance.Id);
            turns.End(turn);
        }
        catch (WorkRejectedException e)
        {
            Rejected(instance.Id, e.Message);
            await GiveBackAsync(turn, leased, () => ReleaseAsync(instance, RejectedPause, counts: false)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            StepFailed(e, instance.Id, instance.Attempts);
            await GiveBackAsync(turn, leased, () => GiveUpAsync(instance, e)).ConfigureAwait(false);
        }
    }

    /// <summary>Commits a step together with the leases of the activities that it starts; false when it is refused.</summary>
    private async Task<bool> CommitAsync(Shift shift, Momentum.Motion motion, Turns.Turn turn, Step step)
    {
        var commit = step.Commit;
        var leases = shift.IsStopping ? 0 : TakeActivitySlots(commit.Activities.Count);
        if (leases > 0)
        {
            commit = commit with { Activities = [.. commit.Activities.Select((call, at) => call with { IsLeased = at < leases && IsAllowed(call) })] };
        }

        var result = CommitResult.Refused;
        try
        {
            var committing = queue.CommitAsync(commit, made => Committed(shift, turn, step, made));
            motion.End();
            result = await committing.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Add(ref runningActivities, result.Activities.Count - leases);
        }

        return result.Accepted;
    }

    /// <summary>What follows from a step that was committed: who waits hears of it, and its activities are started.</summary>
    private void Committed(Shift shift, Turns.Turn turn, Step step, CommitResult result)
    {
        if (!result.Accepted)
        {
            return;
        }

        processor.Committed(step);
        hub.Stepped(step.Commit.After);
        turn.Following = turns.Next(turn, step.Commit.After);
        foreach (var activity in result.Activities)
        {
            StartActivity(shift, activity);
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

    /// <summary>Ends a turn without a commit: the lease is given back, and outcomes go through the inbox.</summary>
    private async Task GiveBackAsync(Turns.Turn turn, LeasedInstance leased, Func<Task> giveBack)
    {
        turns.End(turn);
        turn.Outcomes.AddRange(leased.Outcomes);
        if (leased.Messages.Count > 0 || turn.Leased is not null)
        {
            await giveBack().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            hub.Wake();
        }
    }

    private Task ReleaseAsync(Instance instance, TimeSpan pause, bool counts) =>
        hub.Store.ReleaseInstanceAsync(worker, instance.Key, pause, counts, CancellationToken.None);

    /// <summary>When to end, and what the pieces of work share.</summary>
    private sealed record Shift(SemaphoreSlim EntitySlots, CancellationToken Stopping, CancellationToken Aborting)
    {
        public bool IsStopping => Stopping.IsCancellationRequested;
    }

    [LoggerMessage(4, LogLevel.Information, "Work of '{InstanceId}' was broken off by the shutdown; it will be done again.")]
    private partial void StepAborted(string instanceId);

    [LoggerMessage(6, LogLevel.Debug, "A step of '{InstanceId}' is left to another worker: {Reason}")]
    private partial void Rejected(string instanceId, string reason);
}
