using System.Reflection;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.DurableTask;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>An orchestrator's code on its way through the worker's pipeline; attached to the invocation as a feature.</summary>
internal sealed class OrchestrationInvocation(OrchestrationContext context, DataConverter converter)
{
    private readonly TaskCompletionSource ended = new();

    public OrchestrationContext Context => context;

    public DataConverter Converter => converter;

    public FunctionContext? FunctionContext { get; set; }

    /// <summary>Whether the pipeline has come to the code.</summary>
    public bool Started { get; private set; }

    /// <summary>Ends, on the orchestrator's own thread, when the code does; the pipeline may take longer.</summary>
    public Task Ended => ended.Task;

    /// <summary>Runs the code. Everything in here goes on on the orchestrator's thread, so nothing is awaited with ConfigureAwait.</summary>
    public async Task<object?> RunAsync(MethodInfo method, object? instance, object?[] arguments)
    {
        Started = true;
        try
        {
            return await MethodResult.Unwrap(method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null), method.ReturnType);
        }
        finally
        {
            context.WelcomeGuests();
            ended.SetResult();
        }
    }
}

/// <summary>Executes an orchestrator so that its code stays on its own thread.</summary>
internal sealed class OrchestrationExecutor(IFunctionActivator activator, OrchestrationInvocation orchestration) : IFunctionExecutor
{
    public ValueTask ExecuteAsync(FunctionContext context) => new(ExecuteAsync((InvocationContext)context));

    private async Task ExecuteAsync(InvocationContext context)
    {
        var method = context.Function.Method;
        var inputs = await context.BindFunctionInputAsync(context);
        var instance = method.IsStatic ? null : activator.CreateInstance(method.DeclaringType!, context);
        context.Result = await orchestration.RunAsync(method, instance, inputs.Values);
    }
}
