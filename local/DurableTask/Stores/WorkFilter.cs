using Microsoft.DurableTask.Worker;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>Which work a fetch may lease. Names and versions are compared without regard to case.</summary>
internal sealed class WorkFilter
{
    private const char Separator = '\n';

    private WorkFilter(DurableTaskWorkerWorkItemFilters filters)
    {
        Instances =
        [
            .. filters.Orchestrations.SelectMany(filter => Entries("o", filter.Name, filter.Versions)),
            .. filters.Entities.Select(filter => Entry("e", filter.Name, null)),
        ];
        Activities = [.. filters.Activities.SelectMany(filter => Entries("a", filter.Name, filter.Versions))];
    }

    /// <summary>Kind and name, for all versions, or kind, name and version.</summary>
    public string[] Instances { get; }

    /// <inheritdoc cref="Instances"/>
    public string[] Activities { get; }

    /// <summary>The filter; <c>null</c> when all work may be leased.</summary>
    public static WorkFilter? Of(DurableTaskWorkerWorkItemFilters filters) => filters.IsEmpty ? null : new WorkFilter(filters);

    public bool Allows(Instance instance) => instance.IsEntity
        ? Instances.Contains(Entry("e", instance.Name, null))
        : Allows(Instances, "o", instance.Name, instance.Version);

    public bool Allows(string activity, string? version) => Allows(Activities, "a", activity, version);

    private static bool Allows(string[] entries, string kind, string name, string? version) =>
        entries.Contains(Entry(kind, name, null)) || entries.Contains(Entry(kind, name, version ?? string.Empty));

    private static IEnumerable<string> Entries(string kind, string name, IReadOnlyList<string> versions) =>
        versions.Count == 0 ? [Entry(kind, name, null)] : versions.Select(version => Entry(kind, name, version));

    private static string Entry(string kind, string name, string? version) =>
        (version is null ? $"{kind}{Separator}{name}" : $"{kind}{Separator}{name}{Separator}{version}").ToLowerInvariant();
}
