using Microsoft.Azure.Functions.Worker.Context.Features;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Inputs, outputs and result of an invocation, for middleware.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>Binds an input now, before the function does; what is then put in its place is what the function gets.</summary>
    public static async ValueTask<InputBindingData<T>> BindInputAsync<T>(this FunctionContext context, BindingMetadata bindingMetadata)
    {
        ArgumentNullException.ThrowIfNull(bindingMetadata);
        var parameters = context.FunctionDefinition.Parameters;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].Name == bindingMetadata.Name)
            {
                var inputs = await context.Features.Get<IFunctionInputBindingFeature>()!.BindFunctionInputAsync(context).ConfigureAwait(false);
                return new Input<T>(bindingMetadata, inputs.Values, i);
            }
        }

        throw new InvalidOperationException($"The function '{context.FunctionDefinition.Name}' has no parameter '{bindingMetadata.Name}'.");
    }

    /// <summary>The result; it may be replaced.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) => new Result((InvocationContext)context);

    /// <summary>The result; it may be replaced.</summary>
    /// <exception cref="InvalidOperationException">The result is of another type.</exception>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var invocation = (InvocationContext)context;
        return invocation.Result is null or T
            ? new Result<T>(invocation)
            : throw new InvalidOperationException($"The invocation's result is a {invocation.Result.GetType()}, not a {typeof(T)}.");
    }

    /// <summary>The values of output bindings that are a <typeparamref name="T"/>; they may be replaced.</summary>
    public static IEnumerable<OutputBindingData<T>> GetOutputBindings<T>(this FunctionContext context)
    {
        var invocation = (InvocationContext)context;
        foreach (var binding in invocation.Function.OutputBindings.Values)
        {
            if (invocation.Outputs.TryGetValue(binding.Name, out var value) && value is T)
            {
                yield return new Output<T>(invocation, binding);
            }
        }
    }

    private sealed class Input<T>(BindingMetadata binding, object?[] values, int index) : InputBindingData<T>
    {
        public override BindingMetadata BindingMetadata => binding;

        public override T? Value
        {
            get => (T?)values[index];
            set => values[index] = value;
        }
    }

    private sealed class Output<T>(InvocationContext context, BindingMetadata binding) : OutputBindingData<T>
    {
        public override string Name => binding.Name;

        public override string BindingType => binding.Type;

        public override T? Value
        {
            get => (T?)context.Outputs[binding.Name];
            set => context.Outputs[binding.Name] = value;
        }
    }

    private sealed class Result(InvocationContext context) : InvocationResult
    {
        public override object? Value
        {
            get => context.Result;
            set => context.Result = value;
        }
    }

    private sealed class Result<T>(InvocationContext context) : InvocationResult<T>
    {
        public override T? Value
        {
            get => (T?)context.Result;
            set => context.Result = value;
        }
    }
}
