namespace Microsoft.DurableTask.Entities;

/// <summary>An entity, as the engine sees it.</summary>
public interface ITaskEntity
{
    /// <summary>Runs one operation and returns its result.</summary>
    ValueTask<object?> RunAsync(TaskEntityOperation operation);
}

/// <summary>One operation on an entity.</summary>
public abstract class TaskEntityOperation
{
    /// <summary>The operation's name.</summary>
    public abstract string Name { get; }

    /// <summary>The entity and what it can do to others.</summary>
    public abstract TaskEntityContext Context { get; }

    /// <summary>The entity's state.</summary>
    public abstract TaskEntityState State { get; }

    /// <summary>Whether the caller gave an input.</summary>
    public abstract bool HasInput { get; }

    /// <summary>The input as <paramref name="inputType"/>.</summary>
    public abstract object? GetInput(Type inputType);

    /// <summary>The input as <typeparamref name="T"/>.</summary>
    public virtual T? GetInput<T>() => GetInput(typeof(T)) is T value ? value : default;

    /// <inheritdoc/>
    public override string ToString() => $"{Context.Id}/{Name}";
}

/// <summary>The state of an entity during an operation. A failed operation leaves it as it was.</summary>
public abstract class TaskEntityState
{
    /// <summary>Whether there is a state.</summary>
    public abstract bool HasState { get; }

    /// <summary>The state as <paramref name="type"/>; <c>null</c> when there is none.</summary>
    public abstract object? GetState(Type type);

    /// <summary>The state as <typeparamref name="T"/>.</summary>
    public virtual T? GetState<T>(T? defaultValue = default) => GetState(typeof(T)) is T value ? value : defaultValue;

    /// <summary>Sets the state; <c>null</c> deletes it, and the entity with it.</summary>
    public abstract void SetState(object? state);
}

/// <summary>What an entity knows of itself and can do to others during an operation.</summary>
public abstract class TaskEntityContext
{
    /// <summary>The entity's id.</summary>
    public abstract EntityInstanceId Id { get; }

    /// <summary>Signals another entity.</summary>
    public abstract void SignalEntity(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null);

    /// <inheritdoc cref="SignalEntity(EntityInstanceId, string, object, SignalEntityOptions)"/>
    public virtual void SignalEntity(EntityInstanceId id, string operationName, SignalEntityOptions options) =>
        SignalEntity(id, operationName, null, options);

    /// <summary>Starts an orchestration and returns its instance id.</summary>
    public abstract string ScheduleNewOrchestration(TaskName name, object? input = null, StartOrchestrationOptions? options = null);

    /// <inheritdoc cref="ScheduleNewOrchestration(TaskName, object, StartOrchestrationOptions)"/>
    public virtual string ScheduleNewOrchestration(TaskName name, StartOrchestrationOptions options) =>
        ScheduleNewOrchestration(name, null, options);
}
