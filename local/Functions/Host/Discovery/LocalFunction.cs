using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace ToolboxAI.Local.Functions;

/// <summary>A function as it was discovered; it is also the <see cref="FunctionDefinition"/> that middleware sees.</summary>
public sealed class LocalFunction : FunctionDefinition
{
    private readonly Lazy<MethodCall> call;

    internal LocalFunction(string name, MethodInfo method, IReadOnlyList<LocalBinding> bindings, ImmutableArray<FunctionParameter> parameters)
    {
        Name = name;
        Method = method;
        Bindings = bindings;
        Parameters = parameters;
        Trigger = bindings.First(b => b.Type.EndsWith("Trigger", StringComparison.Ordinal));
        Retry = method.GetCustomAttribute<RetryAttribute>();
        PathToAssembly = method.DeclaringType!.Assembly.Location;
        EntryPoint = $"{method.DeclaringType.FullName}.{method.Name}";
        Id = DefaultFunctionMetadata.StableId(name, ScriptFile, EntryPoint);
        InputBindings = ByName(BindingDirection.In);
        OutputBindings = ByName(BindingDirection.Out);
        HttpOutputs = [.. bindings.Where(b => b is { Direction: BindingDirection.Out, Type: "http" }).Select(b => b.Name)];
        call = new(() => MethodCall.Compile(method));

        ImmutableDictionary<string, BindingMetadata> ByName(BindingDirection direction) => bindings.Where(b => b.Direction == direction)
            .ToImmutableDictionary(b => b.Name, BindingMetadata (b) => b);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Id { get; }

    /// <inheritdoc/>
    public override string EntryPoint { get; }

    /// <inheritdoc/>
    public override string PathToAssembly { get; }

    /// <inheritdoc/>
    public override ImmutableArray<FunctionParameter> Parameters { get; }

    /// <inheritdoc/>
    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    /// <inheritdoc/>
    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }

    /// <summary>The file name of <see cref="FunctionDefinition.PathToAssembly"/>.</summary>
    public string ScriptFile => Path.GetFileName(PathToAssembly);

    /// <summary>The method that the function is.</summary>
    public MethodInfo Method { get; }

    /// <summary>All bindings, the trigger first, in the order of the source.</summary>
    public IReadOnlyList<LocalBinding> Bindings { get; }

    /// <summary>The trigger.</summary>
    public LocalBinding Trigger { get; }

    /// <summary>The retry attribute, if any.</summary>
    public RetryAttribute? Retry { get; }

    /// <summary>The names of the output bindings that answer an HTTP request.</summary>
    internal IReadOnlyList<string> HttpOutputs { get; }

    internal MethodCall Call => call.Value;
}
