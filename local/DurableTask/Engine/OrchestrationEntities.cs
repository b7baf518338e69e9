using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>Calls, signals and locks of entities from an orchestration, with the rules of a critical section.</summary>
internal sealed class OrchestrationEntities(OrchestrationExecution execution, DataConverter converter) : TaskOrchestrationEntityFeature
{
    private IReadOnlyList<EntityInstanceId>? locked;
    private readonly HashSet<EntityInstanceId> called = [];

    public override async Task<TResult> CallEntityAsync<TResult>(
        EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
        converter.Deserialize<TResult>(await Call(id, operationName, input))!;

    public override Task CallEntityAsync(EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
        Call(id, operationName, input);

    public override Task SignalEntityAsync(
        EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null)
    {
        execution.CheckThread();
        id.ThrowIfEmpty();
        if (locked?.Contains(id) == true)
        {
            throw new InvalidOperationException($"Entity '{id}' is locked by this orchestration: it must be called, not signalled.");
        }

        execution.Send(new EntityOperationRequested(id.ToString(), operationName, converter.Serialize(input))
        {
            TaskId = execution.NextTaskId(),
            IsSignal = true,
            DueAt = options?.SignalTime?.ToUniversalTime(),
        });
        return Task.CompletedTask;
    }

    public override async Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds)
    {
        execution.CheckThread();
        if (locked is not null)
        {
            throw new InvalidOperationException("Locks must not be asked for while others are held.");
        }

        // One order for all orchestrations, so that no two can wait for each other.
        var ids = entityIds.Distinct().OrderBy(id => id.ToString(), StringComparer.Ordinal).ToList();
        if (ids.Count == 0)
        {
            throw new ArgumentException("There must be something to lock.", nameof(entityIds));
        }

        await execution.Schedule(new EntityLockRequested([.. ids.Select(id => id.ToString())]) { TaskId = execution.NextTaskId() });
        locked = ids;
        return new CriticalSection(this);
    }

    public override bool InCriticalSection(out IReadOnlyList<EntityInstanceId>? entityIds)
    {
        // What is being called can't be called again before it has answered.
        entityIds = locked?.Where(id => !called.Contains(id)).ToList();
        return locked is not null;
    }

    public void CheckSubOrchestration()
    {
        if (locked is not null)
        {
            throw new InvalidOperationException("Sub-orchestrations must not be called while locks are held.");
        }
    }

    public void ReleaseLocks()
    {
        if (locked is not null)
        {
            execution.Send(new EntityUnlocked([.. locked.Select(id => id.ToString())]) { TaskId = execution.NextTaskId() });
            locked = null;
        }
    }

    private async Task<string?> Call(EntityInstanceId id, string operation, object? input)
    {
        execution.CheckThread();
        id.ThrowIfEmpty();
        if (locked is not null && !locked.Contains(id))
        {
            throw new InvalidOperationException($"Entity '{id}' is not among the locked ones: only those may be called while locks are held.");
        }

        if (locked is not null && !called.Add(id))
        {
            throw new InvalidOperationException($"Entity '{id}' is locked and already being called: await the first call.");
        }

        var outcome = await execution.Schedule(
            new EntityOperationRequested(id.ToString(), operation, converter.Serialize(input)) { TaskId = execution.NextTaskId() });
        called.Remove(id);
        return outcome is EntityOperationFailed failed
            ? throw new EntityOperationFailedException(id, operation, failed.Failure.ToDetails())
            : ((EntityOperationCompleted)outcome).Result;
    }

    private sealed class CriticalSection(OrchestrationEntities entities) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            entities.ReleaseLocks();
            return ValueTask.CompletedTask;
        }
    }
}
