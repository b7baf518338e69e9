using System.Text.RegularExpressions;

namespace ToolboxAI.Local.Functions;

/// <summary>A path of a blob trigger: a container, and a pattern such as <c>{folder}/{name}.png</c> for the names in it.</summary>
internal sealed class BlobPath
{
    private readonly Regex names;

    private BlobPath(string container, string prefix, Regex names)
    {
        Container = container;
        Prefix = prefix;
        this.names = names;
    }

    public string Container { get; }

    /// <summary>What all names begin with.</summary>
    public string Prefix { get; }

    public static BlobPath Parse(string path)
    {
        var parts = path.Split('/', 2);
        if (parts.Length == 1)
        {
            return new(parts[0], "", Pattern("{name}"));
        }

        var brace = parts[1].IndexOf('{', StringComparison.Ordinal);
        return new(parts[0], brace < 0 ? parts[1] : parts[1][..brace], Pattern(parts[1]));
    }

    /// <summary>The values of the pattern's names; null when the blob doesn't match.</summary>
    public Dictionary<string, object?>? Match(string blob)
    {
        if (names.Match(blob) is not { Success: true } match)
        {
            return null;
        }

        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["BlobTrigger"] = $"{Container}/{blob}" };
        foreach (var name in names.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0])))
        {
            data[name] = match.Groups[name].Value;
        }

        return data;
    }

    private static Regex Pattern(string text)
    {
        var pattern = new System.Text.StringBuilder("^");
        var at = 0;
        foreach (Match expression in BindingExpressions.Expression().Matches(text))
        {
            pattern.Append(Regex.Escape(text[at..expression.Index])).Append("(?<").Append(expression.Groups["name"].ValueSpan).Append(">.+)");
            at = expression.Index + expression.Length;
        }

        pattern.Append(Regex.Escape(text[at..])).Append('$');
        return new(pattern.ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }
}
