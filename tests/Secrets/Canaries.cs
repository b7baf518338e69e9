using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolboxAI.Tests.Secrets;

/// <summary>Secret values that must not be found in what was written, and the search for them in every form that writers give to text and bytes.</summary>
public sealed class Canaries
{
    private readonly Dictionary<string, string> forms = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => forms.Values.Distinct().Count();

    /// <summary>Adds a value under a name that a finding may show.</summary>
    public void Add(string name, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        forms[value] = name;
        forms[JsonSerializer.Serialize(value)[1..^1]] = name;
        forms[JsonSerializer.Serialize(JsonSerializer.Serialize(value)[1..^1])[1..^1]] = name;
        forms[Uri.EscapeDataString(value)] = name;
        forms[Convert.ToHexStringLower(bytes)] = name;
        forms[Convert.ToBase64String(bytes).TrimEnd('=')] = name;
        var key = new byte[value.Length];
        if (Convert.TryFromBase64String(value, key, out var length) && length == 32)
        {
            forms[Convert.ToHexStringLower(key.AsSpan(0, length))] = name;
            forms[Encoding.Latin1.GetString(key, 0, length)] = name;
        }

        if (value.StartsWith('{') && (string?)JsonNode.Parse(value)?["password"] is { } password)
        {
            Add(name + "'s password", password);
        }
    }

    /// <summary>What is found, each with where.</summary>
    public IReadOnlyList<string> In(string where, IEnumerable<string> texts) =>
        [.. (from text in texts from form in forms where text.Contains(form.Key, StringComparison.Ordinal) select $"{form.Value} in {where}: {Around(text, form.Key)}").Distinct()];

    private static string Around(string text, string form)
    {
        var at = text.IndexOf(form, StringComparison.Ordinal);
        return text[Math.Max(0, at - 200)..at] + "(…)";
    }
}
