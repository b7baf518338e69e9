using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Bicep;

/// <summary>A declaration at the top of a Bicep file: <c>param</c>, <c>var</c>, <c>resource</c>, <c>module</c>, <c>output</c>, <c>type</c> or <c>func</c>.</summary>
/// <param name="Kind">The keyword.</param>
/// <param name="Name">The symbol.</param>
/// <param name="Node">The whole declaration.</param>
/// <param name="Decorators">What stands above it, by name.</param>
public sealed record Declaration(string Kind, string Name, BicepNode Node, IReadOnlyDictionary<string, BicepNode> Decorators)
{
    /// <summary>The text in quotes behind the name: a resource's type and version, a module's path.</summary>
    public string Reference => Node.First("string")?.Literal ?? "";

    /// <summary>Is a resource only looked up here?</summary>
    public bool IsExisting => Node.Has("existing");

    /// <summary>What stands behind the equals sign; nothing for a parameter without default.</summary>
    public BicepNode? Value
    {
        get
        {
            var equals = Node.Children.FindIndex(child => child.Type == "=");
            return Kind == "func" ? Node.Parts.Last() : equals < 0 ? null : Node.Children.Skip(equals + 1).FirstOrDefault(child => child.IsNamed);
        }
    }

    /// <summary>The object of a resource or module, without the loop and condition around it.</summary>
    public BicepNode Body
    {
        get
        {
            var body = Value!;
            while (body.Type is "for_statement" or "if_statement")
            {
                body = body.Type == "for_statement" ? body.Part("body")! : body.Parts.Last();
            }

            return body;
        }
    }

    /// <summary>The type of a parameter or output.</summary>
    public BicepNode? DeclaredType => Kind == "type" ? Value : Node.First("type");

    /// <summary>Must whoever uses the module give this parameter?</summary>
    public bool IsRequired => Kind == "param" && Value is null && DeclaredType?.Parts.FirstOrDefault()?.Type != "nullable_type";
}

/// <summary>A Bicep file.</summary>
public sealed class BicepTemplate
{
    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["parameter_declaration"] = "param",
        ["variable_declaration"] = "var",
        ["resource_declaration"] = "resource",
        ["module_declaration"] = "module",
        ["output_declaration"] = "output",
        ["type_declaration"] = "type",
        ["user_defined_function"] = "func",
    };

    private static readonly Lazy<Task<BicepFolder>> OfRepository = new(ReadFolderAsync);

    private BicepTemplate(string path, BicepNode root)
    {
        Path = path;
        Root = root;
        var decorators = new Dictionary<string, BicepNode>();
        foreach (var node in root.Children)
        {
            if (node.Type == "decorators")
            {
                foreach (var call in node.Children.SelectMany(decorator => decorator.Parts))
                {
                    decorators[call.Part("function")?.Text ?? call.Text] = call;
                }
            }
            else if (Kinds.TryGetValue(node.Type, out var kind))
            {
                Declarations.Add(new(kind, (node.Part("name") ?? node.First("identifier"))!.Text, node, decorators));
                decorators = [];
            }
            else if (node.Type == "import_functionality")
            {
                var from = node.First("string")!.Literal!;
                Imports.AddRange(node.Children.Where(child => child.Type == "identifier").Select(child => (child.Text, Resolve(from), child.Line)));
                decorators = [];
            }
        }
    }

    /// <summary>From the folder bicep/, with forward slashes.</summary>
    public string Path { get; }

    /// <summary>The whole file.</summary>
    public BicepNode Root { get; }

    /// <summary>Everything that it declares.</summary>
    public List<Declaration> Declarations { get; } = [];

    /// <summary>What it takes from other files: symbol, path, line.</summary>
    public List<(string Name, string Path, int Line)> Imports { get; } = [];

    /// <summary>The declarations of a kind.</summary>
    public IEnumerable<Declaration> Of(string kind) => Declarations.Where(declaration => declaration.Kind == kind);

    /// <summary>The declaration of a symbol; outputs have names of their own.</summary>
    public Declaration? Find(string name) => Declarations.Find(declaration => declaration.Kind != "output" && declaration.Name == name);

    /// <summary>A path in this file, from the folder bicep/.</summary>
    public string Resolve(string path)
    {
        var parts = (System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/') + "/" + path).Split('/', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('/', parts.Where(part => part != "."));
    }

    /// <summary>A finding in this file.</summary>
    public Finding Finding(BicepNode node, string message) => new(Path, node.Line, message);

    /// <summary>The repository's bicep/; it is read once.</summary>
    public static Task<BicepFolder> ReadAsync() => OfRepository.Value;

    /// <summary>Templates of texts with their paths, parsed all at once.</summary>
    public static async Task<IReadOnlyList<BicepTemplate>> ParseAsync(IReadOnlyList<(string Path, string Text)> files)
    {
        var trees = await BicepNode.ParseAsync([.. files.Select(file => Grammatical(file.Path, file.Text))]);
        return [.. files.Zip(trees, (file, tree) => new BicepTemplate(file.Path, tree))];
    }

    private static async Task<BicepFolder> ReadFolderAsync()
    {
        var files = Files();
        var templates = await ParseAsync([.. files.Where(file => System.IO.Path.GetExtension(file.Key) is ".bicep" or ".bicepparam").Select(file => (file.Key, file.Value))]);
        return new(files, templates.ToDictionary(template => template.Path));
    }

    /// <summary>The repository's bicep/ as texts by path.</summary>
    private static Dictionary<string, string> Files()
    {
        var folder = System.IO.Path.Combine(Repository.Root, "bicep");
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/'), path => File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    // The grammar has no parameter files: an assignment of a parameter reads as a variable, line by line.
    private static string Grammatical(string path, string text) => path.EndsWith(".bicepparam", StringComparison.Ordinal)
        ? string.Join('\n', text.Split('\n').Select(line => line.StartsWith("param ", StringComparison.Ordinal) ? "var " + line[6..] : line))
        : text;
}

/// <summary>The folder bicep/: all files, and those that are Bicep as templates.</summary>
public sealed record BicepFolder(IReadOnlyDictionary<string, string> Files, IReadOnlyDictionary<string, BicepTemplate> Templates)
{
    /// <summary>The template that deploys an environment.</summary>
    public BicepTemplate Main => Templates["main.bicep"];

    /// <summary>The templates, without the parameter files.</summary>
    public IEnumerable<BicepTemplate> Modules => Templates.Values.Where(template => template.Path.EndsWith(".bicep", StringComparison.Ordinal));

    /// <summary>The same with another template in a file's place.</summary>
    public BicepFolder With(BicepTemplate changed) => this with { Templates = new Dictionary<string, BicepTemplate>(Templates) { [changed.Path] = changed } };

    /// <summary>The parameter files.</summary>
    public IEnumerable<BicepTemplate> ParameterFiles => Templates.Values.Where(template => template.Path.EndsWith(".bicepparam", StringComparison.Ordinal));
}
