namespace Microsoft.DurableTask.Abstractions;

/// <summary>Compares orchestration versions.</summary>
public static class TaskOrchestrationVersioningUtils
{
    /// <summary>
    /// Less than zero, zero or more than zero, as <paramref name="sourceVersion"/> is older than, the same as or newer than
    /// <paramref name="otherVersion"/>. No version is the oldest; two versions that both parse as <see cref="Version"/>
    /// are compared so, others as text without regard to case.
    /// </summary>
    public static int CompareVersions(string sourceVersion, string otherVersion)
    {
        var noSource = string.IsNullOrWhiteSpace(sourceVersion);
        var noOther = string.IsNullOrWhiteSpace(otherVersion);
        if (noSource || noOther)
        {
            return noOther.CompareTo(noSource);
        }

        return Version.TryParse(sourceVersion, out var source) && Version.TryParse(otherVersion, out var other)
            ? source.CompareTo(other)
            : string.Compare(sourceVersion, otherVersion, StringComparison.OrdinalIgnoreCase);
    }
}
