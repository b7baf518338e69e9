using System.Reflection;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.DurableTask;

/// <summary>The orchestrators, activities and entities that a worker can run.</summary>
public sealed partial class DurableTaskRegistry
{
    internal Dictionary<TaskKey, Func<IServiceProvider, ITaskOrchestrator>> Orchestrators { get; } = [];

    internal Dictionary<TaskKey, Func<IServiceProvider, ITaskActivity>> Activities { get; } = [];

    internal Dictionary<TaskName, Func<IServiceProvider, ITaskEntity>> Entities { get; } = [];

    /// <summary>The registered orchestrators by name.</summary>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskOrchestrator>>> GetOrchestrators() =>
        Orchestrators.Select(entry => KeyValuePair.Create(entry.Key.Name, entry.Value));

    /// <summary>The registered activities by name.</summary>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskActivity>>> GetActivities() =>
        Activities.Select(entry => KeyValuePair.Create(entry.Key.Name, entry.Value));

    /// <summary>The registered entities by name.</summary>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskEntity>>> GetEntities() => Entities;

    private static string NameOf(Type type) =>
        type.GetCustomAttribute<DurableTaskAttribute>() is { Name.Name: { Length: > 0 } name } ? name : type.Name;

    private static TaskVersion VersionOf(Type type) => new(type.GetCustomAttribute<DurableTaskAttribute>()?.Version!);

    private static T Create<T>(IServiceProvider services, Type type) => (T)ActivatorUtilities.GetServiceOrCreateInstance(services, type);

    private static void CheckType<T>(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!typeof(T).IsAssignableFrom(type) || type.IsAbstract)
        {
            throw new ArgumentException($"{type} is not a class that implements {typeof(T).Name}.", nameof(type));
        }
    }

    private DurableTaskRegistry Add<T>(
        Dictionary<TaskKey, Func<IServiceProvider, T>> tasks, TaskName name, TaskVersion version, Func<IServiceProvider, T> factory)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(factory);
        if (version.Version is { Length: > 0 } text && string.IsNullOrWhiteSpace(text))
        {
            throw new ArgumentException("A version of blanks could never be called.", nameof(version));
        }

        if (!tasks.TryAdd(new TaskKey(name, version), factory))
        {
            var of = string.IsNullOrEmpty(version.Version) ? string.Empty : $" with version '{version.Version}'";
            throw new ArgumentException($"An {typeof(T).Name} named '{name}'{of} is already added.", nameof(name));
        }

        return this;
    }

    private static void CheckName(TaskName name)
    {
        if (name == default)
        {
            throw new ArgumentException("The name must not be empty.", nameof(name));
        }
    }
}

/// <summary>A registration's key: name and version, both without regard to case.</summary>
internal readonly record struct TaskKey(TaskName Name, TaskVersion Version);
