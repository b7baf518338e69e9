using ToolboxAI.Shared.Luau.Syntax;

namespace ToolboxAI.Shared.Luau.Analysis;

/// <summary>A script and where it stands in its package.</summary>
/// <param name="Tree">The script.</param>
/// <param name="Path">The names from the package's root to it; empty for a script alone.</param>
public sealed record ScriptUnit(SyntaxTree Tree, IReadOnlyList<string> Path);

/// <summary>The scripts of one place or model, by their paths, so that a require of one of them is followed.</summary>
public sealed class ScriptPackage
{
    private readonly Dictionary<string, ScriptUnit> modules = new(StringComparer.Ordinal);

    /// <summary>No other scripts.</summary>
    public static ScriptPackage Empty { get; } = new([]);

    /// <summary>A package of module scripts.</summary>
    public ScriptPackage(IEnumerable<ScriptUnit> units)
    {
        foreach (var unit in units)
        {
            modules.TryAdd(string.Join('/', unit.Path), unit);
        }
    }

    /// <summary>The module that an engine path means, seen from a script; nothing when the package doesn't have it.</summary>
    public ScriptUnit? Find(string path, ScriptUnit from)
    {
        if (modules.Count == 0)
        {
            return null;
        }

        var steps = path.Split('.');
        var at = new List<string>();
        foreach (var step in steps[0] == "script" ? [.. from.Path, .. steps[1..]] : steps)
        {
            if (step != "Parent")
            {
                at.Add(step);
            }
            else if (at.Count > 0)
            {
                at.RemoveAt(at.Count - 1);
            }
        }

        return modules.GetValueOrDefault(string.Join('/', at));
    }
}
