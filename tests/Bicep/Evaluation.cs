using System.Globalization;

namespace ToolboxAI.Tests.Bicep;

/// <summary>The names that an expression sees: what stands around it, then what the template declares.</summary>
public sealed record Scope(Func<string, object?> Declared, IReadOnlyDictionary<string, object?> Around, Func<string, string> ReadFile)
{
    /// <summary>Whether the environment variables that have a default are not set.</summary>
    public bool OnlyNeededVariables { get; init; }

    /// <summary>The same with more names around.</summary>
    public Scope With(params (string Name, object? Value)[] names)
    {
        var around = Around.ToDictionary();
        foreach (var (name, value) in names)
        {
            around[name] = value;
        }

        return this with { Around = around };
    }

    /// <summary>The value of a name.</summary>
    public object? this[string name] => Around.TryGetValue(name, out var value) ? value : Declared(name);
}

/// <summary>A function that a template declares.</summary>
public sealed record OwnFunction(IReadOnlyList<string> Parameters, BicepNode Body, Scope Scope);

/// <summary>What has properties that only Azure knows: a resource, a module.</summary>
public interface IHasMembers
{
    /// <summary>A property's value.</summary>
    /// <exception cref="BicepException">There is none of that name.</exception>
    object? Member(string name);
}

/// <summary>Evaluates expressions.</summary>
public static class Evaluation
{
    /// <summary>The value of an expression.</summary>
    public static object? Of(BicepNode node, Scope scope) => node.Type switch
    {
        "identifier" => scope[node.Text],
        "string" => node.Literal ?? string.Concat(node.Parts.Select(part => Piece(part, scope))),
        "number" => long.Parse(node.Text, CultureInfo.InvariantCulture),
        "boolean" => node.Has("true"),
        "null" => null,
        "object" => Object(node, scope),
        "array" => node.Parts.Select(part => Of(part, scope)).ToList(),
        "parenthesized_expression" => Of(node.Parts.Single(), scope),
        "ternary_expression" => Of(node.Part(Of(node.Part("condition")!, scope) is true ? "consequence" : "alternative")!, scope),
        "binary_expression" => Binary(node, scope),
        "unary_expression" => node.Has("!") ? Of(node.Part("argument")!, scope) is not true : -(long)Of(node.Part("argument")!, scope)!,
        "member_expression" => Member(Of(node.Part("object")!, scope), node.Part("property")!.Text, optional: node.Has(".?")),
        "subscript_expression" => Subscript(Of(node.Part("object")!, scope), Of(node.Part("index")!, scope)),
        "call_expression" => Call(node, scope),
        "lambda_expression" => Lambda(node, scope),
        "for_statement" => ForEach(node, scope).Select(round => Of(node.Part("body")!, round)).ToList(),
        _ => throw new BicepException($"{node.Type} is not evaluated here (line {node.Line})"),
    };

    /// <summary>The scopes of a loop's rounds.</summary>
    public static IEnumerable<Scope> ForEach(BicepNode loop, Scope scope)
    {
        var names = Loop.NamesOf(loop);
        return Values.List(Of(Loop.CollectionOf(loop), scope)).Select((item, index) =>
            names.Count == 2 ? scope.With((names[0], item), (names[1], (long)index)) : scope.With((names[0], item)));
    }

    /// <summary>A property of a value.</summary>
    public static object? Member(object? value, string name, bool optional = false) => value switch
    {
        IHasMembers owner => owner.Member(name),
        Dictionary<string, object?> properties when properties.TryGetValue(name, out var found) => found,
        _ when optional => null,
        Dictionary<string, object?> properties => throw new BicepException($"there is no property {name}, only {string.Join(", ", properties.Keys)}"),
        _ => throw new BicepException($"{Values.KindOf(value)} has no property {name}"),
    };

    private static object? Subscript(object? value, object? index) => (value, index) switch
    {
        (List<object?> list, long position) when position >= 0 && position < list.Count => list[(int)position],
        (List<object?> list, long position) => throw new BicepException($"there is no element {position} of {list.Count}"),
        (_, string name) => Member(value, name),
        _ => throw new BicepException($"{Values.KindOf(value)} can't be indexed by {Values.KindOf(index)}"),
    };

    private static string Piece(BicepNode part, Scope scope) => part.Type switch
    {
        "interpolation" => Values.Text(Of(part.Parts.Single(), scope)),
        "escape_sequence" => BicepNode.Unescape(part.Text),
        _ => part.Text,
    };

    private static Dictionary<string, object?> Object(BicepNode node, Scope scope)
    {
        var properties = new Dictionary<string, object?>();
        foreach (var parts in node.Children.Where(child => child.Type == "object_property").Select(property => property.Parts.ToList()))
        {
            var name = parts[0].Type == "identifier" ? parts[0].Text : Values.Text(Of(parts[0], scope));
            properties[name] = Of(parts[1], scope);
        }

        return properties;
    }

    private static object? Binary(BicepNode node, Scope scope)
    {
        var operation = node.Part("operator")?.Type ?? node.Children.First(child => !child.IsNamed).Type;
        var left = Of(node.Part("left")!, scope);
        object? Right() => Of(node.Part("right")!, scope);
        return operation switch
        {
            "&&" => left is true && Right() is true,
            "||" => left is true || Right() is true,
            "??" => left ?? Right(),
            "==" => Equals(left, Right()),
            "!=" => !Equals(left, Right()),
            ">" => (long)left! > (long)Right()!,
            "<" => (long)left! < (long)Right()!,
            ">=" => (long)left! >= (long)Right()!,
            "<=" => (long)left! <= (long)Right()!,
            "+" => (long)left! + (long)Right()!,
            "-" => (long)left! - (long)Right()!,
            "*" => (long)left! * (long)Right()!,
            _ => throw new BicepException($"the operator {operation} is not evaluated here"),
        };
    }

    private static object? Call(BicepNode node, Scope scope)
    {
        var name = node.Part("function")!.Text;
        var arguments = node.Part("arguments")!.Parts.Select(part => Of(part, scope)).ToList();
        if (BuiltIns.Arguments.ContainsKey(name))
        {
            return BuiltIns.Call(name, arguments, scope);
        }

        var own = (OwnFunction)scope[name]!;
        return Of(own.Body, own.Scope.With([.. own.Parameters.Zip(arguments)]));
    }

    private static Func<object?, object?> Lambda(BicepNode node, Scope scope)
    {
        var parts = node.Parts.ToList();
        return argument => Of(parts[^1], scope.With((parts[0].Text, argument)));
    }
}
