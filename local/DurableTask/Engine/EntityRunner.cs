using System.Runtime.ExceptionServices;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>Runs the operations that wait for an entity, one after the other, and turns what came of them into one commit.</summary>
internal sealed partial class EntityRunner(ITaskHost host, TimeProvider clock)
{
    private readonly ILogger logger = host.Settings.Loggers.CreateLogger("Microsoft.DurableTask.Entities");

    public async Task<StepCommit> RunAsync(LeasedInstance leased, CancellationToken cancellationToken)
    {
        await using var visit = new EntityVisit();
        var entity = await HandleAsync(leased, visit, failure: null, cancellationToken).ConfigureAwait(false);
        if (await visit.EndAsync().ConfigureAwait(false) is { } failure)
        {
            // What fails around the operations, such as middleware, fails all of them.
            entity = await HandleAsync(leased, visit, failure, cancellationToken).ConfigureAwait(false);
        }

        var now = clock.GetUtcNow();
        return new StepCommit(leased.Instance.Key, leased.Instance.Sequence, [.. leased.Messages.Select(message => message.Id)])
        {
            InstanceId = leased.Instance.Id,
            After = leased.Instance with
            {
                Sequence = leased.Instance.Sequence + 1,
                Status = OrchestrationRuntimeStatus.Running,
                UpdatedAt = now,
                Attempts = 0,
                Entity = new EntityState
                {
                    State = entity.State,
                    LockedBy = entity.LockedBy,
                    LockedByExecution = entity.LockedByExecution,
                    Waiting = entity.Waiting.Count == 0 ? null : [.. entity.Waiting],
                },
            },
            Messages = entity.Messages,
            Starts = entity.Starts,
        };
    }

    private async Task<Run> HandleAsync(LeasedInstance leased, EntityVisit visit, Exception? failure, CancellationToken cancellationToken)
    {
        var entity = new Run(EntityInstanceId.FromString(leased.Instance.Id), leased.Instance.Entity ?? new EntityState(), visit) { Failure = failure };
        foreach (var message in leased.Messages)
        {
            await HandleAsync(entity, message.Body, cancellationToken).ConfigureAwait(false);
        }

        return entity;
    }

    private async Task HandleAsync(Run entity, HistoryEvent message, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case EntityOperationRequested operation when entity.LockedBy is null || entity.LockedBy == operation.CallerId:
                await ExecuteAsync(entity, operation, cancellationToken).ConfigureAwait(false);
                break;
            case EntityLockRequested request when entity.LockedBy is null:
                Lock(entity, request);
                break;
            case EntityOperationRequested or EntityLockRequested:
                entity.Waiting.Enqueue(message);
                break;
            case EntityUnlocked unlock:
                Withdraw(entity, unlock);
                if (entity.LockedBy == unlock.CallerId)
                {
                    entity.LockedBy = entity.LockedByExecution = null;
                    while (entity.LockedBy is null && entity.Waiting.TryDequeue(out var next))
                    {
                        await HandleAsync(entity, next, cancellationToken).ConfigureAwait(false);
                    }
                }

                break;
        }
    }

    /// <summary>Forgets a lock request that still waits here, and tells the next entity of its list.</summary>
    private static void Withdraw(Run entity, EntityUnlocked unlock)
    {
        if (unlock.Position is not { } position)
        {
            return;
        }

        var waiting = entity.Waiting.Where(message => message is not EntityLockRequested request || request.CallerId != unlock.CallerId).ToList();
        entity.Waiting.Clear();
        waiting.ForEach(entity.Waiting.Enqueue);
        if (position + 1 < unlock.EntityIds.Count)
        {
            entity.Messages.Add(new NewMessage(unlock.EntityIds[position + 1], unlock with { Position = position + 1 }));
        }
    }

    private async Task ExecuteAsync(Run entity, EntityOperationRequested operation, CancellationToken cancellationToken)
    {
        var batch = new EntityBatch(entity.Id, operation.Operation, operation.Input, entity.State, host.Settings.Converter, clock.GetUtcNow())
        {
            Visit = entity.Visit,
        };
        OutcomeEvent outcome;
        try
        {
            if (entity.Failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            outcome = new EntityOperationCompleted(await host.RunEntityAsync(batch, cancellationToken).ConfigureAwait(false)) { TaskId = operation.TaskId };
            entity.State = batch.StateAfter;
            Send(entity, batch.Effects);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (TaskNotFoundException e)
        {
            outcome = new EntityOperationFailed(e.ToFailure()) { TaskId = operation.TaskId };
            OperationFailed(e, operation.EntityId, operation.Operation);
        }
        catch (Exception e)
        {
            // A failed operation leaves the entity as it was and does nothing to others.
            outcome = new EntityOperationFailed(Failure.From(e, host.Settings.ExceptionProperties)) { TaskId = operation.TaskId };
            OperationFailed(e, operation.EntityId, operation.Operation);
        }

        if (!operation.IsSignal)
        {
            entity.Messages.Add(new NewMessage(operation.CallerId!, outcome with { For = operation.CallerExecution, At = clock.GetUtcNow() }));
        }
    }

    private void Lock(Run entity, EntityLockRequested request)
    {
        entity.LockedBy = request.CallerId;
        entity.LockedByExecution = request.CallerExecution;
        var next = request.Position + 1;
        entity.Messages.Add(next < request.EntityIds.Count
            ? new NewMessage(request.EntityIds[next], request with { Position = next })
            : new NewMessage(
                request.CallerId!,
                new EntityLockGranted { TaskId = request.TaskId, For = request.CallerExecution, At = clock.GetUtcNow() }));
    }

    private void Send(Run entity, IReadOnlyList<HistoryEvent> effects)
    {
        var now = clock.GetUtcNow();
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case EntityOperationRequested signal:
                    entity.Messages.Add(new NewMessage(signal.EntityId, signal with { At = now }) { DueAt = signal.DueAt });
                    break;
                case OrchestrationRequested start:
                    entity.Starts.Add(new NewInstance(start.InstanceId, start.Started with { At = now }) { StartAt = start.StartAt });
                    break;
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Operation {Operation} of entity {EntityId} failed.")]
    private partial void OperationFailed(Exception exception, string entityId, string operation);

    private sealed class Run(EntityInstanceId id, EntityState before, EntityVisit visit)
    {
        public EntityInstanceId Id => id;

        public EntityVisit Visit => visit;

        /// <summary>What fails each operation before it runs; <c>null</c>: nothing does.</summary>
        public Exception? Failure { get; init; }

        public string? State { get; set; } = before.State;

        public string? LockedBy { get; set; } = before.LockedBy;

        public string? LockedByExecution { get; set; } = before.LockedByExecution;

        public Queue<HistoryEvent> Waiting { get; } = new(before.Waiting ?? []);

        public List<NewMessage> Messages { get; } = [];

        public List<NewInstance> Starts { get; } = [];
    }
}
