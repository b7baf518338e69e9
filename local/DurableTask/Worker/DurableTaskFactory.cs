using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Worker;

/// <summary>
/// Makes tasks from a registry. A call of a version takes the registration of exactly that version; the one without a version
/// stands in only for names that have no versioned registration at all.
/// </summary>
internal sealed class DurableTaskFactory : IDurableTaskFactory2
{
    private readonly DurableTaskRegistry registry;
    private readonly HashSet<TaskName> versionedOrchestrators;
    private readonly HashSet<TaskName> versionedActivities;

    public DurableTaskFactory(DurableTaskRegistry registry)
    {
        this.registry = registry;
        versionedOrchestrators = Versioned(registry.Orchestrators.Keys);
        versionedActivities = Versioned(registry.Activities.Keys);
    }

    public bool TryCreateActivity(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskActivity? activity) =>
        TryCreateActivity(name, default, serviceProvider, out activity);

    public bool TryCreateOrchestrator(
        TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskOrchestrator? orchestrator) =>
        TryCreateOrchestrator(name, default, serviceProvider, out orchestrator);

    public bool TryCreateEntity(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskEntity? entity)
    {
        entity = registry.Entities.TryGetValue(name, out var factory) ? factory(serviceProvider) : null;
        return entity is not null;
    }

    internal bool TryCreateActivity(
        TaskName name, TaskVersion version, IServiceProvider services, [NotNullWhen(true)] out ITaskActivity? activity)
    {
        activity = Find(registry.Activities, versionedActivities, name, version)?.Invoke(services);
        return activity is not null;
    }

    internal bool TryCreateOrchestrator(
        TaskName name, TaskVersion version, IServiceProvider services, [NotNullWhen(true)] out ITaskOrchestrator? orchestrator)
    {
        orchestrator = Find(registry.Orchestrators, versionedOrchestrators, name, version)?.Invoke(services);
        return orchestrator is not null;
    }

    private static Func<IServiceProvider, T>? Find<T>(
        Dictionary<TaskKey, Func<IServiceProvider, T>> tasks, HashSet<TaskName> versioned, TaskName name, TaskVersion version) =>
        tasks.TryGetValue(new TaskKey(name, version), out var exact) ? exact
        : versioned.Contains(name) ? null
        : tasks.GetValueOrDefault(new TaskKey(name, default));

    private static HashSet<TaskName> Versioned(IEnumerable<TaskKey> keys) =>
        [.. keys.Where(key => !string.IsNullOrEmpty(key.Version.Version)).Select(key => key.Name)];
}
