namespace ToolboxAI.Tests.Bicep;

/// <summary>Whether every name in the templates means something, and whether everything that is declared is used.</summary>
public static class References
{
    /// <summary>What is wrong in syntax and names, so that the templates can't be deployed.</summary>
    public static IEnumerable<Finding> Broken(BicepFolder folder) =>
        folder.Templates.Values.SelectMany(Syntax)
            .Concat(folder.Modules.SelectMany(template => Names(folder, template)))
            .Concat(folder.Modules.SelectMany(template => ModuleCalls(folder, template)))
            .Concat(folder.Modules.SelectMany(StartValues.Late))
            .Concat(folder.ParameterFiles.SelectMany(file => Parameters(folder, file)));

    /// <summary>What nobody uses, and what nobody describes.</summary>
    public static IEnumerable<Finding> Untidy(BicepFolder folder) =>
        folder.Modules.SelectMany(Unused).Concat(folder.Modules.SelectMany(Described)).Concat(UnusedOutputs(folder));

    private static IEnumerable<Finding> Syntax(BicepTemplate template) =>
        from node in template.Root.Descendants()
        where node.Type is "ERROR" or "MISSING"
        select template.Finding(node, "this is not Bicep");

    private static IEnumerable<Finding> Names(BicepFolder folder, BicepTemplate template)
    {
        foreach (var import in template.Imports)
        {
            var target = folder.Templates.GetValueOrDefault(import.Path)?.Find(import.Name);
            if (target?.Decorators.ContainsKey("export") != true)
            {
                yield return new(template.Path, import.Line, $"{import.Path} exports no {import.Name}");
            }
        }

        foreach (var twice in template.Declarations.Where(declaration => declaration.Kind != "output").GroupBy(declaration => declaration.Name).Where(same => same.Count() > 1))
        {
            yield return template.Finding(twice.Last().Node, $"{twice.Key} is declared twice");
        }

        var known = template.Declarations.Where(declaration => declaration.Kind != "output").Select(declaration => declaration.Name)
            .Concat(template.Imports.Select(import => import.Name)).ToHashSet();
        foreach (var declaration in template.Declarations)
        {
            var scope = declaration.Kind == "func" ? known.Concat(Parameters(declaration.Node)).ToHashSet() : known;
            var name = declaration.Node.Part("name") ?? declaration.Node.First("identifier");
            foreach (var finding in declaration.Node.Parts.Where(part => part != name).SelectMany(part => Resolve(folder, template, part, scope)))
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<string> Parameters(BicepNode function) =>
        function.First("parameters")!.Parts.Select(parameter => parameter.First("identifier")!.Text);

    private static IEnumerable<Finding> Resolve(BicepFolder folder, BicepTemplate template, BicepNode node, HashSet<string> scope)
    {
        switch (node.Type)
        {
            case "identifier":
                return scope.Contains(node.Text) ? [] : [template.Finding(node, $"{node.Text} is not declared")];
            case "object":
                return node.Children.Where(child => child.Type == "object_property").SelectMany(property =>
                    property.Parts.Skip(property.Parts.First().Type == "identifier" ? 1 : 0).SelectMany(part => Resolve(folder, template, part, scope)));
            case "for_statement":
                var inside = scope.Concat(Loop.NamesOf(node)).ToHashSet();
                return Resolve(folder, template, Loop.CollectionOf(node), scope).Concat(Resolve(folder, template, node.Part("body")!, inside));
            case "lambda_expression":
                var parts = node.Parts.ToList();
                var arguments = parts[0].Type == "parenthesized_expression" ? parts[0].Parts : [parts[0]];
                return Resolve(folder, template, parts[^1], scope.Concat(arguments.Select(argument => argument.Text)).ToHashSet());
            case "call_expression":
                return Call(template, node).Concat(node.Part("arguments")!.Parts.SelectMany(part => Resolve(folder, template, part, scope)));
            case "member_expression":
                return Outputs(folder, template, node).Concat(Resolve(folder, template, node.Part("object")!, scope));
            case "parameters" or "property_identifier":
                return [];
            default:
                return node.Parts.SelectMany(part => Resolve(folder, template, part, scope));
        }
    }

    private static IEnumerable<Finding> Call(BicepTemplate template, BicepNode call)
    {
        var name = call.Part("function")!.Text;
        var given = call.Part("arguments")!.Parts.Count();
        if (template.Find(name) is { Kind: "func" } own)
        {
            var wanted = Parameters(own.Node).Count();
            return given == wanted ? [] : [template.Finding(call, $"{name} takes {wanted} arguments, not {given}")];
        }

        if (template.Imports.Exists(import => import.Name == name))
        {
            return [];
        }

        return !BuiltIns.Arguments.TryGetValue(name, out var bounds) ? [template.Finding(call, $"there is no function {name}")]
            : given < bounds.Least || given > bounds.Most ? [template.Finding(call, $"{name} takes {bounds.Least} to {bounds.Most} arguments, not {given}")]
            : [];
    }

    /// <summary><c>module.outputs.x</c>: the module must have that output.</summary>
    private static IEnumerable<Finding> Outputs(BicepFolder folder, BicepTemplate template, BicepNode member)
    {
        var outputs = member.Part("object")!;
        var owner = outputs.Type == "member_expression" && outputs.Part("property")!.Text == "outputs" ? outputs.Part("object")! : null;
        owner = owner?.Type == "subscript_expression" ? owner.Part("object") : owner;
        if (owner is { Type: "identifier" } && template.Find(owner.Text) is { Kind: "module" } module
            && folder.Templates.GetValueOrDefault(template.Resolve(module.Reference)) is { } target
            && !target.Of("output").Any(output => output.Name == member.Part("property")!.Text))
        {
            yield return template.Finding(member, $"{target.Path} has no output {member.Part("property")!.Text}");
        }
    }

    private static IEnumerable<Finding> ModuleCalls(BicepFolder folder, BicepTemplate template)
    {
        foreach (var module in template.Of("module"))
        {
            if (!folder.Templates.TryGetValue(template.Resolve(module.Reference), out var target))
            {
                yield return template.Finding(module.Node, $"there is no module {module.Reference}");
                continue;
            }

            var given = module.Body.Properties().FirstOrDefault(property => property.Name == "params").Value?.Properties().ToList() ?? [];
            foreach (var missing in target.Of("param").Where(parameter => parameter.IsRequired && given.TrueForAll(property => property.Name != parameter.Name)))
            {
                yield return template.Finding(module.Node, $"{module.Name} does not give {target.Path} its parameter {missing.Name}");
            }

            foreach (var (name, value, _) in given.Where(property => target.Of("param").All(parameter => parameter.Name != property.Name)))
            {
                yield return template.Finding(value, $"{target.Path} has no parameter {name}");
            }
        }
    }

    private static IEnumerable<Finding> Unused(BicepTemplate template)
    {
        var used = template.Root.Descendants().Where(node => node.Type == "identifier").GroupBy(node => node.Text).ToDictionary(same => same.Key, same => same.Count());
        foreach (var declaration in template.Declarations.Where(declaration => declaration.Kind is "param" or "var" or "type" && !declaration.Decorators.ContainsKey("export")))
        {
            // Its own declaration is one; a property of the same name in an object is none of its uses.
            var properties = template.Root.Descendants().Where(node => node.Type == "object_property").Count(property => property.Parts.First() is { Type: "identifier" } name && name.Text == declaration.Name);
            if (used[declaration.Name] - properties < 2)
            {
                yield return template.Finding(declaration.Node, $"{declaration.Name} is never used");
            }
        }

        foreach (var import in template.Imports.Where(import => used[import.Name] < 2))
        {
            yield return new(template.Path, import.Line, $"{import.Name} is imported and never used");
        }
    }

    private static IEnumerable<Finding> UnusedOutputs(BicepFolder folder)
    {
        var used = folder.Main.Root.Descendants().Where(node => node.Type == "member_expression" && node.Part("object") is { Type: "member_expression" } outputs && outputs.Part("property")!.Text == "outputs")
            .Select(node => (Module: node.Part("object")!.Part("object")!.Text, Output: node.Part("property")!.Text)).ToHashSet();
        return from template in folder.Modules
               where template != folder.Main
               let symbols = folder.Main.Of("module").Where(module => folder.Main.Resolve(module.Reference) == template.Path).Select(module => module.Name).ToList()
               from output in template.Of("output")
               where !symbols.Exists(symbol => used.Contains((symbol, output.Name)))
               select template.Finding(output.Node, $"the output {output.Name} is never used");
    }

    /// <summary>Parameters, outputs and the properties of types say what they are; numbers have bounds.</summary>
    private static IEnumerable<Finding> Described(BicepTemplate template)
    {
        var members = template.Declarations.Where(declaration => declaration.Kind is "param" or "output").Select(declaration => (declaration.Name, declaration.Node, declaration.Decorators, IsInput: declaration.Kind == "param", Type: declaration.DeclaredType))
            .Concat(template.Of("type").SelectMany(type => ParameterTypes.Members(type.Value!)).Select(member => (member.Name, member.Node, member.Decorators, IsInput: true, Type: (BicepNode?)member.Node.Parts.Last())));
        foreach (var (name, node, decorators, isInput, type) in members)
        {
            if (!decorators.ContainsKey("description"))
            {
                yield return template.Finding(node, $"{name} has no description");
            }

            if (isInput && type!.Descendants().FirstOrDefault(part => part.Type == "primitive_type")?.Children[0].Text == "int" && !(decorators.ContainsKey("minValue") && decorators.ContainsKey("maxValue")))
            {
                yield return template.Finding(node, $"{name} is a number without bounds");
            }
        }
    }

    private static IEnumerable<Finding> Parameters(BicepFolder folder, BicepTemplate file)
    {
        var target = folder.Main.Of("param").ToList();
        foreach (var missing in target.Where(parameter => parameter.IsRequired && file.Find(parameter.Name) is null))
        {
            yield return new(file.Path, 1, $"the required parameter {missing.Name} is missing");
        }

        foreach (var unknown in file.Of("var").Where(given => target.TrueForAll(parameter => parameter.Name != given.Name)))
        {
            yield return file.Finding(unknown.Node, $"main.bicep has no parameter {unknown.Name}");
        }
    }
}
