namespace ToolboxAI.Tests.Bicep;

/// <summary>A resource as it would be sent to Azure.</summary>
/// <param name="Type">E.g. <c>Microsoft.Storage/storageAccounts</c>.</param>
/// <param name="Version">Of the API.</param>
/// <param name="Name">With its parents' names, parted by slashes.</param>
/// <param name="Body">Everything but <c>parent</c>, <c>scope</c> and <c>dependsOn</c>.</param>
/// <param name="On">The id of the resource that it extends (<c>scope</c>); empty for others.</param>
/// <param name="File">The template.</param>
/// <param name="Line">Its line there.</param>
public sealed record DeployedResource(string Type, string Version, string Name, Dictionary<string, object?> Body, string On, string File, int Line) : IHasMembers
{
    /// <summary>Its id.</summary>
    public string Id => $"{On}/{Type}/{Name}";

    /// <summary>The value at a path such as <c>properties.publicNetworkAccess</c>.</summary>
    public object? At(string path) => Values.At(Body, path);

    /// <inheritdoc/>
    public object? Member(string name) => name switch
    {
        "id" => Id,
        "name" => Name.Split('/')[^1],
        "type" => Type,
        "properties" => new RuntimeProperties(this, "properties"),
        _ when Body.TryGetValue(name, out var value) => value,
        _ => throw new BicepException($"{Type} has no property {name}"),
    };

    /// <summary>What a template reads of a resource: what it wrote itself, else what the facts say that Azure answers.</summary>
    private sealed record RuntimeProperties(DeployedResource Resource, string Path) : IHasMembers
    {
        public object? Member(string name)
        {
            var path = $"{Path}.{name}";
            return Resource.At(path) ?? ResourceFacts.Instance.Find(Resource.Type, Resource.Version)?.At(path) switch
            {
                null => throw new BicepException($"{Resource.Type}@{Resource.Version} has no property {path}"),
                { Kind: "object" } => new RuntimeProperties(Resource, path),
                { Kind: var kind } => kind == "string" ? $"<{Resource.Type}.{path}>" : throw new BicepException($"{path} is no text"),
            };
        }
    }
}

/// <summary>One environment, put together from the templates and a parameter file as Azure would do it, as far as that is known before.</summary>
public sealed class Deployment
{
    private readonly BicepFolder folder;

    private Deployment(BicepFolder folder) => this.folder = folder;

    /// <summary>Every resource.</summary>
    public List<DeployedResource> Resources { get; } = [];

    /// <summary>What could not be put together.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>The outputs.</summary>
    public IReadOnlyDictionary<string, object?> Outputs { get; private set; } = new Dictionary<string, object?>();

    /// <summary>Puts an environment together.</summary>
    /// <param name="folder">The templates.</param>
    /// <param name="parameterFile">E.g. <c>production.bicepparam</c>.</param>
    /// <param name="onlyNeededVariables">Whether environment variables that have a default are left out; else all are set.</param>
    public static Deployment Of(BicepFolder folder, string parameterFile, bool onlyNeededVariables = false)
    {
        var deployment = new Deployment(folder);
        var file = folder.Templates[parameterFile];
        var scope = new Scope(name => throw new BicepException($"{name} is not declared"), new Dictionary<string, object?>(), _ => "") { OnlyNeededVariables = onlyNeededVariables };
        var values = file.Of("var").ToDictionary(given => given.Name, given => Evaluation.Of(given.Value!, scope));
        foreach (var (given, parameter) in file.Of("var").Join(folder.Main.Of("param"), given => given.Name, parameter => parameter.Name, (given, parameter) => (given, parameter)))
        {
            deployment.Findings.AddRange(ParameterTypes.Check(values[given.Name], parameter, folder, folder.Main).Select(message => file.Finding(given.Node, message)));
        }

        deployment.Outputs = new Instance(deployment, folder.Main, values).Run();
        return deployment;
    }

    /// <summary>The resources of a type.</summary>
    public IEnumerable<DeployedResource> Of(string type) => Resources.Where(resource => string.Equals(resource.Type, type, StringComparison.OrdinalIgnoreCase));

    /// <summary>A template with the values of its parameters.</summary>
    private sealed class Instance
    {
        private readonly Deployment deployment;
        private readonly BicepTemplate template;
        private readonly Dictionary<string, object?> known;
        private readonly Scope scope;

        public Instance(Deployment deployment, BicepTemplate template, Dictionary<string, object?> parameters)
        {
            this.deployment = deployment;
            this.template = template;
            known = parameters.ToDictionary();
            scope = new(Declared, new Dictionary<string, object?>(), path => deployment.folder.Files[template.Resolve(path)]);
        }

        public Dictionary<string, object?> Run()
        {
            foreach (var declaration in template.Declarations.Where(declaration => declaration.Kind is "resource" or "module"))
            {
                Try(declaration, () => Declared(declaration.Name));
            }

            return template.Of("output").ToDictionary(output => output.Name, output => Try(output, () => Evaluation.Of(output.Value!, scope)));
        }

        private object? Try(Declaration declaration, Func<object?> evaluate)
        {
            try
            {
                return evaluate();
            }
            catch (BicepException e)
            {
                deployment.Findings.Add(template.Finding(declaration.Node, $"{declaration.Name}: {e.Message}"));
                return known[declaration.Name] = null;
            }
        }

        private object? Declared(string name)
        {
            if (known.TryGetValue(name, out var value))
            {
                return value;
            }

            if (template.Imports.Find(import => import.Name == name) is { Name: not null } import)
            {
                return known[name] = new Instance(deployment, deployment.folder.Templates[import.Path], []).Declared(name);
            }

            var declaration = template.Find(name) ?? throw new BicepException($"{name} is not declared");
            return known[name] = declaration.Kind switch
            {
                "func" => new OwnFunction([.. declaration.Node.First("parameters")!.Parts.Select(parameter => parameter.First("identifier")!.Text)], declaration.Value!, scope),
                "param" when declaration.IsRequired => throw new BicepException($"the parameter {name} is not given"),
                "resource" => Deploy(declaration, Resource),
                "module" => Deploy(declaration, Module),
                _ => declaration.Value is { } own ? Evaluation.Of(own, scope) : null,
            };
        }

        private object? Deploy(Declaration declaration, Func<Declaration, Dictionary<string, object?>, object> one)
        {
            object? Once(BicepNode body, Scope inside)
            {
                if (body.Type == "if_statement")
                {
                    var parts = body.Parts.ToList();
                    return Evaluation.Of(parts[0], inside) is true ? Once(parts[^1], inside) : null;
                }

                var properties = body.Properties().Where(property => property.Name != "dependsOn").ToDictionary(property => property.Name, property => Evaluation.Of(property.Value, inside));
                return one(declaration, properties);
            }

            var value = declaration.Value!;
            return value.Type == "for_statement"
                ? Evaluation.ForEach(value, scope).Select(round => Once(value.Part("body")!, round)).ToList()
                : Once(value, scope);
        }

        private DeployedResource Resource(Declaration declaration, Dictionary<string, object?> body)
        {
            var parts = declaration.Reference.Split('@');
            var name = Values.Text(body.GetValueOrDefault("name"));
            var parent = body.GetValueOrDefault("parent") as DeployedResource;
            var on = (body.GetValueOrDefault("scope") as DeployedResource)?.Id ?? "";
            var own = body.Where(property => property.Key is not ("parent" or "scope")).ToDictionary();
            var resource = new DeployedResource(parts[0], parts[^1], parent is null ? name : $"{parent.Name}/{name}", own, on, template.Path, declaration.Node.Line);
            if (!declaration.IsExisting)
            {
                deployment.Resources.Add(resource);
            }

            return resource;
        }

        private ModuleResult Module(Declaration declaration, Dictionary<string, object?> body)
        {
            var target = deployment.folder.Templates[template.Resolve(declaration.Reference)];
            var parameters = Values.Properties(body.GetValueOrDefault("params") ?? new Dictionary<string, object?>());
            foreach (var parameter in target.Of("param").Where(parameter => parameters.ContainsKey(parameter.Name)))
            {
                deployment.Findings.AddRange(ParameterTypes.Check(parameters[parameter.Name], parameter, deployment.folder, target)
                    .Select(message => template.Finding(declaration.Node, $"{declaration.Name}: {message}")));
            }

            return new(target.Path, new Instance(deployment, target, parameters).Run());
        }
    }

    private sealed record ModuleResult(string Path, Dictionary<string, object?> Outputs) : IHasMembers
    {
        public object? Member(string name) => name == "outputs" ? Outputs : throw new BicepException($"the module {Path} has only outputs, no {name}");
    }
}
