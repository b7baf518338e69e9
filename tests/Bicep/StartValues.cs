namespace ToolboxAI.Tests.Bicep;

/// <summary>
/// What must be known before a deployment starts: names, conditions and what loops run over. Bicep refuses there what only Azure
/// answers, a resource's runtime properties and a module's outputs (errors BCP120, BCP177, BCP178, BCP182).
/// </summary>
public static class StartValues
{
    /// <summary>What of a resource is known before it exists.</summary>
    private static readonly string[] Known = ["id", "name", "type", "apiVersion"];

    /// <summary>What comes too late in a template.</summary>
    public static IEnumerable<Finding> Late(BicepTemplate template) =>
        from declaration in template.Declarations
        where declaration.Kind is "resource" or "module"
        from node in NeededAtStart(declaration)
        where IsLate(template, node, [])
        select template.Finding(node, $"{declaration.Name} needs at the start what is known only after a deployment");

    private static IEnumerable<BicepNode> NeededAtStart(Declaration declaration)
    {
        for (var body = declaration.Value!; body.Type is "for_statement" or "if_statement"; body = body.Type == "for_statement" ? body.Part("body")! : body.Parts.Last())
        {
            yield return body.Type == "for_statement" ? Loop.CollectionOf(body) : body.Parts.First();
        }

        foreach (var (_, value, _) in declaration.Body.Properties().Where(property => property.Name == "name"))
        {
            yield return value;
        }
    }

    private static bool IsLate(BicepTemplate template, BicepNode node, HashSet<string> seen) => node.Type switch
    {
        "member_expression" when IsRuntime(template, node) => true,
        "identifier" => seen.Add(node.Text) && template.Find(node.Text) is { Kind: "var" } variable && IsLate(template, variable.Value!, seen),
        _ => node.Parts.Any(part => IsLate(template, part, seen)),
    };

    /// <summary><c>resource.properties.…</c>, <c>resources[i].properties.…</c>, <c>module.outputs.…</c>.</summary>
    private static bool IsRuntime(BicepTemplate template, BicepNode member)
    {
        var (owner, property) = (member.Part("object")!, member.Part("property")!.Text);
        owner = owner.Type == "subscript_expression" ? owner.Part("object")! : owner;
        return owner.Type == "identifier" && template.Find(owner.Text)?.Kind is "resource" or "module" && !Known.Contains(property);
    }
}
