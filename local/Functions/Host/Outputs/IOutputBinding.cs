namespace ToolboxAI.Local.Functions;

/// <summary>Where the values of a kind of output binding go. Register implementations as singletons.</summary>
public interface IOutputBinding
{
    /// <summary>The binding type that it serves, for example <c>serviceBus</c>.</summary>
    string BindingType { get; }

    /// <summary>
    /// Sends a value, after the function has succeeded. An exception fails the invocation.
    /// <paramref name="bindingData"/> is what binding expressions such as <c>{name}</c> stand for.
    /// </summary>
    Task SendAsync(LocalBinding binding, object value, IReadOnlyDictionary<string, object?> bindingData, CancellationToken cancellationToken);
}

/// <summary>Brings the values of output bindings to where they go.</summary>
internal sealed class Outputs(IEnumerable<IOutputBinding> bindings)
{
    private readonly Dictionary<string, IOutputBinding> byType = bindings.ToDictionary(binding => binding.BindingType);

    public async Task SendAsync(InvocationContext context)
    {
        foreach (var (name, value) in context.Outputs)
        {
            var binding = (LocalBinding)context.Function.OutputBindings[name];
            if (value is null || binding.Type == "http")
            {
                continue;
            }

            if (!byType.TryGetValue(binding.Type, out var output))
            {
                throw new InvalidOperationException($"No extension serves the output binding '{binding.Type}' of '{context.Function.Name}'.");
            }

            await output.SendAsync(binding, value, context.BindingData, context.CancellationToken).ConfigureAwait(false);
        }
    }
}
