using System.Text.RegularExpressions;

namespace ToolboxAI.Tests.Local.Conformance;

/// <summary>
/// C# that declares what the listings list: a line a member, so that what can't be declared (its types are in no package and no listing)
/// can be left out line by line. Bodies throw; attributes are left out.
/// </summary>
internal static partial class ListingSource
{
    /// <summary>How the line of a member begins; all other lines are structure.</summary>
    public const string Member = "\t";

    private static readonly Dictionary<string, string> Operators = new()
    {
        ["op_Equality"] = "==",
        ["op_Inequality"] = "!=",
        ["op_GreaterThan"] = ">",
        ["op_LessThan"] = "<",
        ["op_GreaterThanOrEqual"] = ">=",
        ["op_LessThanOrEqual"] = "<=",
        ["op_Addition"] = "+",
        ["op_Subtraction"] = "-",
        ["op_BitwiseOr"] = "|",
        ["op_BitwiseAnd"] = "&",
    };

    /// <summary>The lines of all types.</summary>
    public static List<string> Of(IEnumerable<ApiType> types)
    {
        var all = types.ToList();
        var nested = all.Where(type => Simple(type.Key).Contains('.')).ToLookup(type => type.Key[..type.Key.LastIndexOf('.')]);
        return [.. all.Where(type => !Simple(type.Key).Contains('.')).GroupBy(type => type.Key.Split('|')[0]).SelectMany(space =>
            (IEnumerable<string>)[$"namespace {space.Key}", "{", .. space.SelectMany(type => Declare(type, nested)), "}"])];
    }

    private static IEnumerable<string> Declare(ApiType type, ILookup<string, ApiType> nested)
    {
        var name = Simple(type.Key).Split('.')[^1];
        if (type.Head.Contains(" delegate ", StringComparison.Ordinal))
        {
            yield return Global(type.Head.Replace(type.Name, name)) + ";";
            yield break;
        }

        if (type.Usage.Length > 0)
        {
            yield return $"[System.AttributeUsage({Global(type.Usage.Replace("AttributeTargets", "System.AttributeTargets"))})]";
        }

        yield return $"{type.Head.Replace(type.Name, name)}{(type.Bases.Count > 0 ? " : " : "")}{Global(string.Join(", ", type.Bases))} {Global(type.Constraints)} {{";
        var isInterface = type.Head.Contains(" interface ", StringComparison.Ordinal);
        var isClass = type.Head.Contains(" class ", StringComparison.Ordinal) && !type.Head.Contains(" static ", StringComparison.Ordinal);
        if (isClass && !type.Bases.Contains("System.Attribute"))
        {
            // Lets derived classes be declared whatever constructors their base has; nobody outside sees it.
            yield return $"{Member}internal {name}(System.Reflection.Missing _) {{ }}";
        }

        foreach (var member in type.Members)
        {
            yield return Member + (type.Head.Contains(" enum ", StringComparison.Ordinal) ? member.Text + "," : Declare(Global(member.Text), name, isInterface, isClass));
        }

        foreach (var line in nested[type.Key].SelectMany(inner => Declare(inner, nested)))
        {
            yield return line;
        }

        yield return "}";
    }

    private static string Declare(string member, string type, bool isInterface, bool isClass)
    {
        var text = isInterface ? Modifiers().Replace(member, "") : member;
        if (Operator().Match(text) is { Success: true } match)
        {
            var kind = match.Groups["name"].Value;
            text = kind is "op_Implicit" or "op_Explicit"
                ? Operator().Replace(text, $"public static {kind[3..].ToLowerInvariant()} operator ${{type}}(")
                : Operator().Replace(text, $"public static ${{type}} operator {Operators.GetValueOrDefault(kind, kind)}(");
        }

        if (text.Contains(" { ", StringComparison.Ordinal))
        {
            // Nothing of this source ever runs: "throw null" is the shortest body that compiles for every type.
            // As a whole: an automatic property must have a getter, and an overriding one all accessors of its base.
            return text.Contains(" abstract ", StringComparison.Ordinal) || isInterface ? text
                : text.Replace("get;", "get => throw null;").Replace("set;", "set => throw null;").Replace("init;", "init => throw null;");
        }

        var constructs = Regex.IsMatch(text, $@"^(public|protected|protected internal) {Regex.Escape(type)}\(");
        return !text.Contains('(') || text.Contains(" abstract ", StringComparison.Ordinal) || isInterface ? text + ";"
            : constructs && isClass ? $"{text} : this((System.Reflection.Missing)null) {{ }}"
            : text.Contains(" where ", StringComparison.Ordinal) || !constructs ? $"{text} {{ throw null; }}" : $"{text} {{ this = default; }}";
    }

    /// <summary>Within <c>Microsoft.Azure</c> the name <c>Azure</c> is another than outside.</summary>
    private static string Global(string text) => Qualified().Replace(text, "global::$0");

    private static string Simple(string key) => key.Split('|')[1];

    [GeneratedRegex(@"(?<![\w.:])(System|Microsoft|Azure|Stripe|SendGrid|Newtonsoft|DurableTask|Google|Grpc|OpenTelemetry)\.(?=\w)")]
    private static partial Regex Qualified();

    [GeneratedRegex("^(public |protected |static |virtual |abstract )+")]
    private static partial Regex Modifiers();

    [GeneratedRegex(@"public static (?<type>\S+(<.*>)?) (?<name>op_\w+)\(")]
    private static partial Regex Operator();
}
