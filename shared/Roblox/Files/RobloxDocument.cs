namespace ToolboxAI.Shared.Roblox.Files;

/// <summary>The two forms of a place or model file.</summary>
public enum RobloxFormat
{
    /// <summary><c>.rbxl</c>, <c>.rbxm</c>.</summary>
    Binary,

    /// <summary><c>.rbxlx</c>, <c>.rbxmx</c>.</summary>
    Xml,
}

/// <summary>Why a file is refused. The message says what is wrong with it and, where possible, how to mend it.</summary>
/// <param name="Code">Stable, e.g. <c>file_truncated</c>.</param>
/// <param name="Message">For the person who sent the file.</param>
public sealed record FileRefusal(string Code, string Message);

/// <summary>A file that is not what it should be.</summary>
public sealed class FileRefusedException(string code, string message) : Exception(message)
{
    /// <summary>What is answered to the sender.</summary>
    public FileRefusal Refusal { get; } = new(code, message);
}

/// <summary>Bounds on what a file may make us do. Sizes in bytes.</summary>
/// <param name="MaxFile">The file itself.</param>
/// <param name="MaxContent">All chunks together when unpacked.</param>
/// <param name="MaxInstances">Objects.</param>
/// <param name="MaxDepth">Objects inside each other.</param>
/// <param name="MaxClasses">Classes of the binary form.</param>
/// <param name="MaxPaths">The paths of all scripts together.</param>
/// <param name="MaxTag">A tag of the XML form with its attributes.</param>
public sealed record FileLimits(int MaxFile, int MaxContent, int MaxInstances, int MaxDepth, int MaxClasses, int MaxPaths, int MaxTag)
{
    /// <summary>128 MB, unpacked 512 MB, a million objects, 512 deep, 10,000 classes, 32 MB of paths, 64 kB for a tag: more than the largest place that Roblox is known to accept needs.</summary>
    public static FileLimits Default { get; } = new(128 << 20, 512 << 20, 1_000_000, 512, 10_000, 32 << 20, 64 << 10);
}

/// <summary>A place or model: a forest of objects.</summary>
public sealed class RobloxDocument
{
    private static readonly string[] RunContexts = ["Legacy", "Server", "Client", "Plugin"];

    internal RobloxDocument(RobloxFormat format, IReadOnlyList<RobloxInstance> roots)
    {
        Format = format;
        Roots = roots;
    }

    /// <summary>The form it was read from.</summary>
    public RobloxFormat Format { get; }

    /// <summary>The objects at the top.</summary>
    public IReadOnlyList<RobloxInstance> Roots { get; }

    /// <summary>All objects, parents before children.</summary>
    public IEnumerable<RobloxInstance> Instances
    {
        get
        {
            var pending = new Stack<RobloxInstance>(Roots.Reverse());
            while (pending.TryPop(out var instance))
            {
                yield return instance;
                foreach (var child in instance.Children.Reverse())
                {
                    pending.Push(child);
                }
            }
        }
    }

    /// <summary>All scripts.</summary>
    public IReadOnlyList<RobloxScript> Scripts => [.. Instances.Where(instance => instance.IsScript).Select(ToScript)];

    private static RobloxScript ToScript(RobloxInstance instance) => new(
        instance.Path,
        instance.ClassName,
        instance.Properties.GetValueOrDefault("Source") is PropertyValue.Text source ? source.Bytes : default,
        instance.ClassName == "Script" ? RunContextOf(instance) : null,
        IsSandboxed(instance),
        instance.Properties.GetValueOrDefault("Capabilities") is PropertyValue.Capabilities capabilities ? capabilities.Bits : null,
        instance.Properties.GetValueOrDefault("Disabled") is PropertyValue.Bool { Value: true },
        instance);

    private static string RunContextOf(RobloxInstance instance) =>
        instance.Properties.GetValueOrDefault("RunContext") is PropertyValue.Enumeration item && item.Value < RunContexts.Length
            ? RunContexts[item.Value]
            : RunContexts[0];

    private static bool IsSandboxed(RobloxInstance instance)
    {
        for (var at = instance; at is not null; at = at.Parent)
        {
            if (at.Properties.GetValueOrDefault("Sandboxed") is PropertyValue.Bool { Value: true })
            {
                return true;
            }
        }

        return false;
    }
}
