namespace Microsoft.DurableTask.Worker;

/// <summary>Which work a worker is given. Without any filter it is all; with filters, a kind that has none gets nothing of that kind.</summary>
public class DurableTaskWorkerWorkItemFilters
{
    /// <summary>The orchestrations.</summary>
    public IReadOnlyList<OrchestrationFilter> Orchestrations { get; set; } = [];

    /// <summary>The activities.</summary>
    public IReadOnlyList<ActivityFilter> Activities { get; set; } = [];

    /// <summary>The entities.</summary>
    public IReadOnlyList<EntityFilter> Entities { get; set; } = [];

    internal bool IsEmpty => Orchestrations.Count + Activities.Count + Entities.Count == 0;

    /// <summary>The filters that let through what is registered.</summary>
    internal static DurableTaskWorkerWorkItemFilters Of(DurableTaskRegistry registry, DurableTaskWorkerOptions options)
    {
        var strict = options.Versioning is { MatchStrategy: DurableTaskWorkerOptions.VersionMatchStrategy.Strict } versioning
            ? versioning.Version ?? string.Empty
            : null;
        return new DurableTaskWorkerWorkItemFilters
        {
            Orchestrations = [.. registry.Orchestrators.Keys.GroupBy(key => key.Name)
                .Select(group => new OrchestrationFilter(group.Key, Versions(group, strict)))],
            Activities = [.. registry.Activities.Keys.GroupBy(key => key.Name)
                .Select(group => new ActivityFilter(group.Key, Versions(group, strict)))],
            Entities = [.. registry.Entities.Keys.Select(name => new EntityFilter(name))],
        };
    }

    internal void Set(DurableTaskWorkerWorkItemFilters other)
    {
        Orchestrations = other.Orchestrations;
        Activities = other.Activities;
        Entities = other.Entities;
    }

    /// <summary>The first name that is not registered; <c>null</c> when all are.</summary>
    internal string? Unknown(DurableTaskRegistry registry) =>
        Orchestrations.Select(filter => filter.Name).FirstOrDefault(name => registry.Orchestrators.Keys.All(key => key.Name != new TaskName(name)))
        ?? Activities.Select(filter => filter.Name).FirstOrDefault(name => registry.Activities.Keys.All(key => key.Name != new TaskName(name)))
        ?? Entities.Select(filter => filter.Name).FirstOrDefault(name => !registry.Entities.ContainsKey(name));

    /// <summary>A name's versions. A name that is only registered without a version stands in for all of them: no list.</summary>
    private static string[] Versions(IEnumerable<TaskKey> keys, string? strict)
    {
        if (strict is not null)
        {
            return [strict];
        }

        var versions = keys.Select(key => key.Version.Version ?? string.Empty).ToArray();
        return versions is [""] ? [] : versions;
    }

    /// <summary>Lets through an orchestration.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="versions">Its versions; all when none is given.</param>
    public readonly struct OrchestrationFilter(string name, IReadOnlyList<string>? versions)
    {
        /// <summary>Creates a filter without a name.</summary>
        public OrchestrationFilter()
            : this(string.Empty, [])
        {
        }

        /// <summary>The name.</summary>
        public string Name { get; init; } = name;

        /// <summary>The versions; all when empty.</summary>
        public IReadOnlyList<string> Versions { get; init; } = versions ?? [];
    }

    /// <summary>Lets through an activity.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="versions">Its versions; all when none is given.</param>
    public readonly struct ActivityFilter(string name, IReadOnlyList<string>? versions)
    {
        /// <summary>Creates a filter without a name.</summary>
        public ActivityFilter()
            : this(string.Empty, [])
        {
        }

        /// <summary>The name.</summary>
        public string Name { get; init; } = name;

        /// <summary>The versions; all when empty.</summary>
        public IReadOnlyList<string> Versions { get; init; } = versions ?? [];
    }

    /// <summary>Lets through an entity.</summary>
    /// <param name="name">Its name.</param>
    public readonly struct EntityFilter(string name)
    {
        /// <summary>Creates a filter without a name.</summary>
        public EntityFilter()
            : this(string.Empty)
        {
        }

        /// <summary>The name.</summary>
        public string Name { get; init; } = name;
    }
}

/// <summary>Decides which orchestrations a worker runs.</summary>
[Obsolete("Experimental")]
public interface IOrchestrationFilter
{
    /// <summary>Whether the worker runs the orchestration; false leaves it to another worker.</summary>
    ValueTask<bool> IsOrchestrationValidAsync(OrchestrationFilterParameters info, CancellationToken cancellationToken = default);
}

/// <summary>What a filter knows of an orchestration.</summary>
public struct OrchestrationFilterParameters
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}
