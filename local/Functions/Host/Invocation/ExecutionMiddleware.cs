using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.DependencyInjection;

namespace ToolboxAI.Local.Functions;

/// <summary>The end of the pipeline: binds the inputs, creates the class, calls the method.</summary>
internal sealed class FunctionExecutor(IFunctionActivator activator) : IFunctionExecutor
{
    public async ValueTask ExecuteAsync(FunctionContext context)
    {
        var invocation = (InvocationContext)context;
        var binding = context.Features.Get<IFunctionInputBindingFeature>()!;
        var inputs = await binding.BindFunctionInputAsync(context).ConfigureAwait(false);
        var method = invocation.Function.Method;
        var instance = method.IsStatic ? null : activator.CreateInstance(method.DeclaringType!, context);
        try
        {
            invocation.Result = await invocation.Function.Call.InvokeAsync(instance, inputs.Values).ConfigureAwait(false);
        }
        finally
        {
            if (instance is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                (instance as IDisposable)?.Dispose();
            }
        }
    }
}

/// <summary>A new instance for every invocation, its constructor's parameters from the invocation's services.</summary>
internal sealed class FunctionActivator : IFunctionActivator
{
    private readonly ConcurrentDictionary<Type, ObjectFactory> factories = new();

    public object CreateInstance(Type instanceType, FunctionContext context) =>
        factories.GetOrAdd(instanceType, static type => ActivatorUtilities.CreateFactory(type, Type.EmptyTypes))(context.InstanceServices, null);
}

/// <summary>Takes the values of the output bindings out of the function's result.</summary>
internal static class OutputBindings
{
    private static readonly ConcurrentDictionary<LocalFunction, (string Name, PropertyInfo? Property)[]> Plans = new();

    public static void Collect(InvocationContext context)
    {
        if (context.Function.OutputBindings.Count == 0 || context.Result is not { } result)
        {
            return;
        }

        foreach (var (name, property) in Plans.GetOrAdd(context.Function, Plan))
        {
            if (property is null)
            {
                context.Outputs[name] = result;
            }
            else if (property.DeclaringType!.IsInstanceOfType(result))
            {
                context.Outputs[name] = property.GetValue(result);
            }
        }
    }

    private static (string, PropertyInfo?)[] Plan(LocalFunction function)
    {
        var returned = function.Method.ReturnType;
        var result = returned.IsGenericType && (returned.GetGenericTypeDefinition() == typeof(Task<>) || returned.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? returned.GetGenericArguments()[0]
            : returned;
        return [.. function.OutputBindings.Keys.Select(name => (name, result.GetProperty(name)))];
    }
}
