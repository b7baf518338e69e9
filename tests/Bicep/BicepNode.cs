using System.Text.Json;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Bicep;

/// <summary>A node of a Bicep file's syntax tree.</summary>
public sealed class BicepNode(string type, bool named, string field, int line, string text)
{
    private static readonly NodeJudge Grammar = new(Path.Combine(Repository.Root, "tests", "Bicep", "Judge"));

    /// <summary>The grammar's name of its kind; of a mere token, the token.</summary>
    public string Type { get; } = type;

    /// <summary>Whether the grammar names it; a mere token, such as a bracket or a keyword, it does not.</summary>
    public bool IsNamed { get; } = named;

    /// <summary>Its part in the node above, where the grammar names that.</summary>
    public string Field { get; } = field;

    /// <summary>Its first line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The text of a leaf.</summary>
    public string Text { get; } = text;

    /// <summary>Everything in it, in order.</summary>
    public List<BicepNode> Children { get; } = [];

    /// <summary>What is in it without tokens and comments.</summary>
    public IEnumerable<BicepNode> Parts => Children.Where(child => child.IsNamed && child.Type is not ("comment" or "diagnostic_comment"));

    /// <summary>The part in that role, or nothing.</summary>
    public BicepNode? Part(string field) => Children.Find(child => child.Field == field);

    /// <summary>The first part of that kind, or nothing.</summary>
    public BicepNode? First(string type) => Children.Find(child => child.Type == type);

    /// <summary>Does it hold that token?</summary>
    public bool Has(string token) => Children.Exists(child => !child.IsNamed && child.Type == token);

    /// <summary>It and everything below it.</summary>
    public IEnumerable<BicepNode> Descendants() => Children.SelectMany(child => child.Descendants()).Prepend(this);

    /// <summary>The value of a string without interpolation; nothing for another node.</summary>
    public string? Literal =>
        Type == "string" && Parts.All(part => part.Type is "string_content" or "escape_sequence")
            ? string.Concat(Parts.Select(part => part.Type == "escape_sequence" ? Unescape(part.Text) : part.Text))
            : null;

    /// <summary>The properties of an object by name.</summary>
    public IEnumerable<(string Name, BicepNode Value, BicepNode Property)> Properties()
    {
        foreach (var property in Children.Where(child => child.Type == "object_property"))
        {
            var parts = property.Parts.ToList();
            if (parts.Count == 2 && (parts[0].Type == "identifier" ? parts[0].Text : parts[0].Literal) is { } name)
            {
                yield return (name, parts[1], property);
            }
        }
    }

    /// <summary>What an escape in a string stands for.</summary>
    public static string Unescape(string escape) => escape switch { @"\n" => "\n", @"\r" => "\r", @"\t" => "\t", _ => escape[1..] };

    /// <summary>Parses files, all at once; skips the test where the grammar can't be installed.</summary>
    public static async Task<IReadOnlyList<BicepNode>> ParseAsync(IReadOnlyList<string> texts)
    {
        var answers = await Grammar.AskAsync(texts.Select(text => new { text }));
        Assert.Equal(texts.Count, answers.Count);
        return [.. answers.Select(Read)];
    }

    private static BicepNode Read(JsonElement rows)
    {
        var open = new Stack<(int Depth, BicepNode Node)>();
        BicepNode? root = null;
        foreach (var row in rows.EnumerateArray())
        {
            var depth = row[0].GetInt32();
            var node = new BicepNode(row[2].GetString()!, row[1].GetInt32() == 1, row[3].GetString()!, row[4].GetInt32(), row[5].GetString()!);
            while (open.Count > 0 && open.Peek().Depth >= depth)
            {
                open.Pop();
            }

            if (open.TryPeek(out var above))
            {
                above.Node.Children.Add(node);
            }

            root ??= node;
            open.Push((depth, node));
        }

        MendLambdas(root!);
        return root!;
    }

    /// <summary>The grammar reads <c>x =&gt; x.name</c> as <c>(x =&gt; x).name</c>; the body of a lambda is everything to its right.</summary>
    private static void MendLambdas(BicepNode node)
    {
        if (node.Type == "arguments")
        {
            for (var i = 0; i < node.Children.Count; i++)
            {
                node.Children[i] = Mended(node.Children[i]);
            }
        }

        foreach (var child in node.Children)
        {
            MendLambdas(child);
        }
    }

    private static BicepNode Mended(BicepNode argument)
    {
        BicepNode? above = null;
        var leftmost = argument;
        while (leftmost.Type is "member_expression" or "subscript_expression" or "binary_expression" or "ternary_expression" && leftmost.Children.Count > 0)
        {
            (above, leftmost) = (leftmost, leftmost.Children[0]);
        }

        if (above is null || leftmost.Type != "lambda_expression")
        {
            return argument;
        }

        var parts = leftmost.Parts.ToList();
        above.Children[0] = new BicepNode(parts[^1].Type, true, leftmost.Field, parts[^1].Line, parts[^1].Text).With(parts[^1].Children);
        var lambda = new BicepNode("lambda_expression", true, argument.Field, argument.Line, "");
        lambda.Children.AddRange(leftmost.Children.Where(child => child != parts[^1]));
        lambda.Children.Add(argument);
        return lambda;
    }

    private BicepNode With(IEnumerable<BicepNode> children)
    {
        Children.AddRange(children);
        return this;
    }
}

/// <summary>Something wrong in a Bicep file.</summary>
public sealed record Finding(string File, int Line, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}: {Message}";
}
