namespace Microsoft.DurableTask;

/// <summary>The version of a task. Compared without regard to case; <c>null</c> and the empty string are both "no version".</summary>
public readonly struct TaskVersion : IEquatable<TaskVersion>
{
    /// <summary>Asks for the registration that has no version, whatever the caller's own version is.</summary>
    public static readonly TaskVersion Unversioned = new(string.Empty);

    /// <summary>Creates a version; <c>null</c> gives <c>default</c>.</summary>
    public TaskVersion(string version)
    {
        Version = version;
    }

    /// <summary>The version's text; <c>null</c> for <c>default</c>.</summary>
    public string Version { get; }

    public static implicit operator string(TaskVersion value) => value.Version;

    public static implicit operator TaskVersion(string value) => new(value);

    public static bool operator ==(TaskVersion a, TaskVersion b) => a.Equals(b);

    public static bool operator !=(TaskVersion a, TaskVersion b) => !a.Equals(b);

    public bool Equals(TaskVersion other) =>
        string.Equals(Version ?? string.Empty, other.Version ?? string.Empty, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is TaskVersion other && Equals(other);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Version ?? string.Empty);
}
