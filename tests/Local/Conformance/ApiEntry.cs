using System.Text.RegularExpressions;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>A member as the listings print it, without its attributes.</summary>
internal sealed partial record ApiMember(string Text)
{
    /// <summary>The name of a method or constructor; null for other members.</summary>
    public string? Method { get; } =
        Text.Contains(" { ", StringComparison.Ordinal) || Text.Contains(" const ", StringComparison.Ordinal)
            ? null
            : MethodName().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"(\w+)(?:<[\w, ]+>)?\(")]
    private static partial Regex MethodName();
}

/// <summary>A type as the listings print it, taken apart into what is compared.</summary>
/// <param name="Key"><c>namespace|Outer.Name</c>.</param>
/// <param name="Usage">Of an attribute: its <c>AttributeUsage</c> arguments, sorted.</param>
/// <param name="Head">Modifiers, kind and name; of a delegate everything.</param>
/// <param name="Bases">Base type first where there is one, then interfaces.</param>
/// <param name="Constraints">The <c>where</c> clauses.</param>
/// <param name="Members">Its own members.</param>
internal sealed partial record ApiType(
    string Key, string Usage, string Head, IReadOnlyList<string> Bases, string Constraints, IReadOnlyList<ApiMember> Members)
{
    /// <summary>The name as signatures write it, without type parameters.</summary>
    public string Name => Key.Replace('|', '.');

    /// <summary>How many type parameters the type has.</summary>
    public int Arity => Head.EndsWith('>') ? SplitAtTopLevel(Head[(Head.LastIndexOf('<') + 1)..^1]).Count : 0;

    public bool IsRecord => Head.Contains(" record ", StringComparison.Ordinal);

    /// <summary>The base type's name; null when it is <c>object</c> or a value type's.</summary>
    public string? Base => Bases.Count > 0 && !IsInterfaceName(Bases[0]) ? Bases[0] : null;

    public IEnumerable<string> Interfaces => Bases.Where(IsInterfaceName);

    /// <summary>Takes a listing's line of a type apart.</summary>
    public static ApiType Parse(string key, string line, IReadOnlyList<ApiMember> members)
    {
        var start = Start().Match(line);
        var usage = Usages().Match(line[..start.Groups["head"].Index]);
        var text = line[start.Groups["head"].Index..];
        if (text.Contains(" delegate ", StringComparison.Ordinal))
        {
            return new(key, "", text, [], "", members);
        }

        var where = text.IndexOf(" where ", StringComparison.Ordinal);
        var constraints = where < 0 ? "" : text[(where + 1)..];
        text = where < 0 ? text : text[..where];
        var colon = text.IndexOf(" : ", StringComparison.Ordinal);
        return new(
            key,
            usage.Success ? Sorted(usage.Groups[1].Value) : "",
            colon < 0 ? text : text[..colon],
            colon < 0 ? [] : SplitAtTopLevel(text[(colon + 3)..]),
            constraints,
            members);
    }

    public static string Sorted(string arguments) => string.Join(", ", arguments.Split(", ").Order(StringComparer.Ordinal));

    private static bool IsInterfaceName(string name)
    {
        var plain = name.Split('<')[0];
        var last = plain[(plain.LastIndexOf('.') + 1)..];
        return last.Length > 1 && last[0] == 'I' && char.IsUpper(last[1]);
    }

    private static List<string> SplitAtTopLevel(string list)
    {
        var parts = new List<string>();
        var (depth, from) = (0, 0);
        for (var i = 0; i < list.Length; i++)
        {
            depth += list[i] switch { '<' => 1, '>' => -1, _ => 0 };
            if (list[i] == ',' && depth == 0)
            {
                parts.Add(list[from..i].Trim());
                from = i + 1;
            }
        }

        parts.Add(list[from..].Trim());
        return parts;
    }

    [GeneratedRegex(@"(?:^|\] )(?<head>(?:public|protected) (?:(?:static|abstract|sealed|readonly|ref) )*(?:class|record|struct|interface|enum|delegate) )")]
    private static partial Regex Start();

    [GeneratedRegex(@"\[AttributeUsage\((.*?)\)\] ")]
    private static partial Regex Usages();
}
