using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace ToolboxAI.Local.Functions;

/// <summary>A binding as it was discovered.</summary>
public sealed class LocalBinding : BindingMetadata
{
    internal LocalBinding(string name, string type, BindingDirection direction, BindingAttribute? attribute, IReadOnlyDictionary<string, object?> properties)
    {
        Name = name;
        Type = type;
        Direction = direction;
        Attribute = attribute;
        Properties = properties;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Type { get; }

    /// <inheritdoc/>
    public override BindingDirection Direction { get; }

    /// <summary>The attribute in the source; null for the HTTP response, which needs none.</summary>
    public BindingAttribute? Attribute { get; }

    /// <summary>What the attribute states, by the names that <c>functions.metadata</c> uses. Settings (<c>%Name%</c>) are not resolved.</summary>
    public IReadOnlyDictionary<string, object?> Properties { get; }
}
