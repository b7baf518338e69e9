using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Hands a batch of operations, one or many, over to an entity.</summary>
public sealed class TaskEntityDispatcher
{
    private readonly EntityInvocation invocation;
    private readonly IServiceProvider services;

    internal TaskEntityDispatcher(EntityInvocation invocation, IServiceProvider services)
    {
        this.invocation = invocation;
        this.services = services;
    }

    /// <summary>Runs the operations on <paramref name="entity"/>.</summary>
    public Task DispatchAsync(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return DispatchAsync(entity.RunAsync);
    }

    /// <summary>Runs the operations on a <typeparamref name="T"/>: a registered service or a new instance. It need not be an <see cref="ITaskEntity"/>.</summary>
    public Task DispatchAsync<T>()
    {
        if (typeof(ITaskEntity).IsAssignableFrom(typeof(T)))
        {
            return DispatchAsync((ITaskEntity)ActivatorUtilities.GetServiceOrCreateInstance<T>(services)!);
        }

        return DispatchAsync(new StateEntity<T>());
    }

    /// <summary>Runs the operations in <paramref name="handler"/>, one after the other; one that throws fails alone.</summary>
    public Task DispatchAsync(Func<TaskEntityOperation, ValueTask<object?>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return invocation.DispatchAsync(handler);
    }

    /// <summary>An entity whose state is the object that has the operations.</summary>
    private sealed class StateEntity<T> : TaskEntity<T>
    {
        protected override bool AllowStateDispatch => true;
    }
}
