namespace Microsoft.DurableTask;

/// <summary>Names an orchestrator, activity or entity class for its registration.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false, AllowMultiple = false)]
public sealed class DurableTaskAttribute : Attribute
{
    /// <summary>Creates the attribute; without a name the class's name is used.</summary>
    public DurableTaskAttribute(string? name = null)
    {
        Name = string.IsNullOrEmpty(name) ? default : new TaskName(name);
    }

    /// <summary>The name; <c>default</c> for the class's name.</summary>
    public TaskName Name { get; }

    /// <summary>The version under which the class is registered; none when not given.</summary>
    public string? Version { get; set; }
}

/// <summary>Names an event type.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false, AllowMultiple = false)]
public sealed class DurableEventAttribute : Attribute
{
    /// <summary>Creates the attribute; without a name the type's name is used.</summary>
    public DurableEventAttribute(string? name = null)
    {
        Name = string.IsNullOrEmpty(name) ? default : new TaskName(name);
    }

    /// <summary>The name; <c>default</c> for the type's name.</summary>
    public TaskName Name { get; }
}
