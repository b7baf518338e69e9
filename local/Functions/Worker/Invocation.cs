
namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Creates the instance that a function's method is called on.</summary>
    public interface IFunctionActivator
    {
        /// <summary>Creates it, for one invocation.</summary>
        object? CreateInstance(Type instanceType, FunctionContext context);
    }
}

namespace Microsoft.Azure.Functions.Worker.Invocation
{
    /// <summary>Binds the inputs and calls the function's method: the end of the pipeline.</summary>
    public interface IFunctionExecutor
    {
        /// <summary>Executes the function of <paramref name="context"/> and keeps its result there.</summary>
        ValueTask ExecuteAsync(FunctionContext context);
    }
}

namespace Microsoft.Azure.Functions.Worker.Core.Invocation
{
    /// <summary>Typed use of <see cref="IFunctionActivator"/>.</summary>
    public static class FunctionActivatorExtensions
    {
        /// <summary>Creates an instance of <typeparamref name="T"/>.</summary>
        public static T? CreateInstance<T>(this IFunctionActivator activator, FunctionContext context)
            where T : class => (T?)activator.CreateInstance(typeof(T), context);
    }
}

namespace Microsoft.Azure.Functions.Worker.Context.Features
{
    /// <summary>Binds all inputs of an invocation. A second call gives the first one's result.</summary>
    public interface IFunctionInputBindingFeature
    {
        /// <summary>Binds.</summary>
        ValueTask<FunctionInputBindingResult> BindFunctionInputAsync(FunctionContext context);
    }

    /// <summary>The values that a function's method is called with; middleware may change them.</summary>
    public class FunctionInputBindingResult(object?[] values)
    {
        /// <summary>One value for each parameter, in order.</summary>
        public object?[] Values { get; } = values;
    }
}

namespace Microsoft.Azure.Functions.Worker.Diagnostics
{
    /// <summary>Puts an invocation's baggage where the telemetry library in use looks for it.</summary>
    public interface IBaggagePropagator
    {
        /// <summary>Sets it until the result is disposed.</summary>
        IDisposable? SetBaggage(IEnumerable<KeyValuePair<string, string>> baggage);
    }
}
