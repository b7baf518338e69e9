using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>
/// Parameters of a request, from its form or its query: <c>items[0][price]=…&amp;metadata[k]=…&amp;expand[]=…</c>.
/// A value that is empty clears what it names.
/// </summary>
internal sealed class Parameters
{
    private readonly string path;
    private readonly string? value;
    private readonly List<(string Name, Parameters Value)> members = [];

    private Parameters(string path, string? value)
    {
        this.path = path;
        this.value = value;
    }

    /// <summary>The names of what is given.</summary>
    public IEnumerable<string> Names => members.Select(m => m.Name);

    public static Parameters Parse(string encoded)
    {
        var root = new Parameters("", null);
        foreach (var pair in encoded.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var name = WebUtility.UrlDecode(parts[0]);
            var steps = name.Split('[', StringSplitOptions.RemoveEmptyEntries).Select(step => step.TrimEnd(']')).ToList();
            root.Add(steps, parts.Length > 1 ? WebUtility.UrlDecode(parts[1]) : "");
        }

        return root;
    }

    /// <summary>Refuses any parameter that is not one of these.</summary>
    public Parameters Accept(params string[] names)
    {
        foreach (var name in Names)
        {
            if (!names.Contains(name) && name != "expand")
            {
                throw StripeRefusal.Unknown(PathOf(name));
            }
        }

        return this;
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>Whether it is given and empty, which clears a field.</summary>
    public bool Clears(string name) => Find(name) is { value: "" };

    /// <summary>A text; null when it is not given or empty.</summary>
    public string? Text(string name) => Find(name) is { } found
        ? found.value ?? throw StripeRefusal.Invalid($"Invalid string: {PathOf(name)}", PathOf(name))
        : null;

    public string? TextOrNull(string name) => Text(name) is { Length: > 0 } text ? text : null;

    public string Required(string name) => TextOrNull(name) ?? throw StripeRefusal.Missing(PathOf(name));

    public string OneOf(string name, string fallback, params string[] allowed)
    {
        var text = TextOrNull(name) ?? fallback;
        return allowed.Contains(text)
            ? text
            : throw StripeRefusal.Invalid($"Invalid {PathOf(name)}: must be one of {string.Join(", ", allowed[..^1])}, or {allowed[^1]}", PathOf(name));
    }

    public bool? Flag(string name) => TextOrNull(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var other => throw StripeRefusal.Invalid($"Invalid boolean: {other}", PathOf(name), "parameter_invalid_boolean"),
    };

    public long? Integer(string name)
    {
        if (TextOrNull(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw StripeRefusal.Invalid($"Invalid integer: {text}", PathOf(name), "parameter_invalid_integer");
    }

    public long RequiredInteger(string name) => Integer(name) ?? throw StripeRefusal.Missing(PathOf(name));

    /// <summary>The parameters inside <c>name[…]</c>; null when there are none.</summary>
    public Parameters? Child(string name) => Find(name) is { value: null } child ? child : null;

    /// <summary>The elements of <c>name[0]</c>, <c>name[1]</c>, …</summary>
    public IReadOnlyList<Parameters> List(string name) => Find(name)?.members.Select(m => m.Value).ToList() ?? [];

    /// <summary>The texts of <c>name[]</c>.</summary>
    public IReadOnlyList<string> Texts(string name) => List(name).Where(p => p.value is not null).Select(p => p.value!).ToList();

    /// <summary>Changes the metadata of an object as given: an empty value takes its key away, an empty map all.</summary>
    public void MergeMetadata(JsonObject target)
    {
        if (!Has("metadata"))
        {
            return;
        }

        if (Clears("metadata") || target["metadata"] is not JsonObject metadata)
        {
            target["metadata"] = metadata = [];
        }

        foreach (var (name, entry) in Find("metadata")!.members)
        {
            if (entry.value is { Length: > 0 } text)
            {
                metadata[name] = text;
            }
            else
            {
                metadata.Remove(name);
            }
        }
    }

    /// <summary>Copies the given ones of these texts; an empty one becomes null.</summary>
    public void CopyTexts(JsonObject target, params string[] names)
    {
        foreach (var name in names.Where(Has))
        {
            target[name] = TextOrNull(name);
        }
    }

    /// <summary>The given ones of these texts, as what an object must contain.</summary>
    public JsonObject Filter(params string[] names) =>
        new(names.Where(n => TextOrNull(n) is not null).Select(n => KeyValuePair.Create(n, (JsonNode?)TextOrNull(n))));

    public string PathOf(string name) => path.Length == 0 ? name : $"{path}[{name}]";

    private Parameters? Find(string name) => members.FirstOrDefault(m => m.Name == name).Value;

    private void Add(List<string> steps, string text)
    {
        var node = this;
        for (var i = 0; i < steps.Count; i++)
        {
            var name = steps[i].Length > 0 ? steps[i] : node.members.Count.ToString(CultureInfo.InvariantCulture);
            var last = i == steps.Count - 1;
            var next = node.Find(name);
            if (next is null || last)
            {
                node.members.RemoveAll(m => m.Name == name);
                next = new(node.PathOf(name), last ? text : null);
                node.members.Add((name, next));
            }

            node = next;
        }
    }
}
