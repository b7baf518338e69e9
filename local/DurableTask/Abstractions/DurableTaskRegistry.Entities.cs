using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask;

/// <summary>Registration of entities. A name that is already taken is an <see cref="ArgumentException"/>.</summary>
public sealed partial class DurableTaskRegistry
{
    public DurableTaskRegistry AddEntity(TaskName name, Func<IServiceProvider, ITaskEntity> factory)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(factory);
        return Entities.TryAdd(name, factory)
            ? this
            : throw new ArgumentException($"An {nameof(ITaskEntity)} named '{name}' is already added.", nameof(name));
    }

    public DurableTaskRegistry AddEntity(TaskName name, Type type)
    {
        CheckType<ITaskEntity>(type);
        return AddEntity(name, services => Create<ITaskEntity>(services, type));
    }

    public DurableTaskRegistry AddEntity(Type type)
    {
        CheckType<ITaskEntity>(type);
        return AddEntity(NameOf(type), type);
    }

    public DurableTaskRegistry AddEntity<TEntity>()
        where TEntity : class, ITaskEntity => AddEntity(typeof(TEntity));

    public DurableTaskRegistry AddEntity<TEntity>(TaskName name)
        where TEntity : class, ITaskEntity => AddEntity(name, typeof(TEntity));

    public DurableTaskRegistry AddEntity(TaskName name, ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return AddEntity(name, _ => entity);
    }

    public DurableTaskRegistry AddEntity(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return AddEntity(NameOf(entity.GetType()), entity);
    }
}
