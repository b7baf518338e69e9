using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Local.DurableTask.Engine;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Hands an operation over to an entity.</summary>
public sealed class TaskEntityDispatcher
{
    private readonly EntityBatch operation;
    private readonly IServiceProvider services;

    internal TaskEntityDispatcher(EntityBatch operation, IServiceProvider services)
    {
        this.operation = operation;
        this.services = services;
    }

    /// <summary>What the operation returned.</summary>
    internal object? Result { get; private set; }

    /// <summary>Whether the function has handed the operation over.</summary>
    internal bool Dispatched { get; private set; }

    /// <summary>Runs the operation on <paramref name="entity"/>.</summary>
    public Task DispatchAsync(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return DispatchAsync(entity.RunAsync);
    }

    /// <summary>Runs the operation on a <typeparamref name="T"/>: a registered service or a new instance. It need not be an <see cref="ITaskEntity"/>.</summary>
    public Task DispatchAsync<T>()
    {
        if (typeof(ITaskEntity).IsAssignableFrom(typeof(T)))
        {
            return DispatchAsync((ITaskEntity)ActivatorUtilities.GetServiceOrCreateInstance<T>(services)!);
        }

        return DispatchAsync(new StateEntity<T>());
    }

    /// <summary>Runs the operation in <paramref name="handler"/>.</summary>
    public async Task DispatchAsync(Func<TaskEntityOperation, ValueTask<object?>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Dispatched = true;
        Result = await handler(operation).ConfigureAwait(false);
    }

    /// <summary>An entity whose state is the object that has the operations.</summary>
    private sealed class StateEntity<T> : TaskEntity<T>
    {
        protected override bool AllowStateDispatch => true;
    }
}
