using System.Text;

namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>A value of a property, of the kinds that say something about a script.</summary>
public abstract record PropertyValue
{
    /// <summary>A string; it need not be valid UTF-8, so it is kept as bytes.</summary>
    public sealed record Text(ReadOnlyMemory<byte> Bytes) : PropertyValue
    {
        /// <summary>A text in UTF-8.</summary>
        public Text(string text)
            : this(Encoding.UTF8.GetBytes(text))
        {
        }

        /// <summary>The text for people; bytes that are not UTF-8 become replacement characters.</summary>
        public string Decoded => Encoding.UTF8.GetString(Bytes.Span);

        /// <inheritdoc/>
        public bool Equals(Text? other) => other is not null && Bytes.Span.SequenceEqual(other.Bytes.Span);

        /// <inheritdoc/>
        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.AddBytes(Bytes.Span);
            return hash.ToHashCode();
        }
    }

    /// <summary>True or false.</summary>
    public sealed record Bool(bool Value) : PropertyValue
    {
        private static readonly Bool True = new(true);
        private static readonly Bool False = new(false);

        /// <summary>The one instance of a value that all objects of a file share.</summary>
        internal static Bool Of(bool value) => value ? True : False;
    }

    /// <summary>An item of an enumeration, by its number.</summary>
    public sealed record Enumeration(uint Value) : PropertyValue;

    /// <summary>A set of script capabilities, a bit each.</summary>
    public sealed record Capabilities(ulong Bits) : PropertyValue;
}

/// <summary>An object of a place or model, with the properties that we read and its children in the file's order.</summary>
public sealed class RobloxInstance(string className)
{
    private readonly List<RobloxInstance> children = [];

    /// <summary>The class, e.g. <c>ModuleScript</c>.</summary>
    public string ClassName { get; } = className;

    /// <summary>Its place among the file's objects of its class, in the binary form; -1 when it was not read from one.</summary>
    internal int OrdinalInClass { get; init; } = -1;

    /// <summary>The properties by name; of a file, those that say something about scripts.</summary>
    public Dictionary<string, PropertyValue> Properties { get; } = new(StringComparer.Ordinal);

    /// <summary>The object that holds this one.</summary>
    public RobloxInstance? Parent { get; private set; }

    /// <summary>The objects in this one.</summary>
    public IReadOnlyList<RobloxInstance> Children => children;

    /// <summary>The name, or the class where the file gives none.</summary>
    public string Name => Properties.GetValueOrDefault("Name") is PropertyValue.Text text ? text.Decoded : ClassName;

    /// <summary>The names from the root to this object, joined by slashes.</summary>
    public string Path
    {
        get
        {
            var names = new Stack<string>();
            for (var instance = this; instance is not null; instance = instance.Parent)
            {
                names.Push(instance.Name);
            }

            return string.Join('/', names);
        }
    }

    /// <summary>Whether this is a script.</summary>
    public bool IsScript => ClassName is "Script" or "LocalScript" or "ModuleScript";

    /// <summary>Adds a child at the end.</summary>
    public void Add(RobloxInstance child)
    {
        child.Parent = this;
        children.Add(child);
    }
}

/// <summary>A script in a place or model.</summary>
/// <param name="Path">Names from the root, joined by slashes.</param>
/// <param name="ClassName"><c>Script</c>, <c>LocalScript</c> or <c>ModuleScript</c>.</param>
/// <param name="Source">Its bytes.</param>
/// <param name="RunContext">Where a <c>Script</c> runs: <c>Legacy</c>, <c>Server</c>, <c>Client</c>, <c>Plugin</c>; nothing for other classes.</param>
/// <param name="IsSandboxed">Whether it, or an object above it, is sandboxed, so that its capabilities are limited.</param>
/// <param name="Capabilities">The capabilities granted to it, as bits; nothing when the file does not say.</param>
/// <param name="IsDisabled">Whether it doesn't start by itself.</param>
/// <param name="Instance">The object.</param>
public sealed record RobloxScript(
    string Path, string ClassName, ReadOnlyMemory<byte> Source, string? RunContext, bool IsSandboxed, ulong? Capabilities, bool IsDisabled, RobloxInstance Instance);
