using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.Functions;

namespace ToolboxAI.Local.DurableTask;

/// <summary>Runs functions with durable triggers outside of a function app: in a plain host, or in a simulation.</summary>
public static class FunctionRegistryExtensions
{
    /// <summary>
    /// Registers the orchestrators, activities and entities among the functions of <paramref name="assembly"/> and of what it
    /// references. No worker middleware runs around them, and a <see cref="FunctionContext"/> parameter receives null.
    /// </summary>
    public static DurableTaskRegistry AddFunctions(this DurableTaskRegistry registry, Assembly assembly) =>
        registry.Add(FunctionDiscovery.Discover(assembly));

    /// <summary>Registers the orchestrators, activities and entities among the functions of these classes.</summary>
    public static DurableTaskRegistry AddFunctions(this DurableTaskRegistry registry, params Type[] classes) =>
        registry.Add(FunctionDiscovery.Discover(classes));

    private static DurableTaskRegistry Add(this DurableTaskRegistry registry, IReadOnlyList<LocalFunction> functions)
    {
        ArgumentNullException.ThrowIfNull(registry);
        foreach (var function in functions)
        {
            _ = function.Trigger.Attribute switch
            {
                OrchestrationTriggerAttribute trigger => registry.AddOrchestrator(
                    Name(trigger.Orchestration, function), new FunctionOrchestrator(function)),
                ActivityTriggerAttribute trigger => registry.AddActivity(
                    Name(trigger.Activity, function), services => new FunctionActivity(function, services)),
                EntityTriggerAttribute trigger => registry.AddEntity(
                    Name(trigger.EntityName, function), services => new FunctionEntity(function, services)),
                _ => registry,
            };
        }

        return registry;
    }

    private static TaskName Name(string? given, LocalFunction function) => string.IsNullOrEmpty(given) ? function.Name : given;

    private static object? Call(LocalFunction function, IServiceProvider? services, object?[] arguments) => function.Method.Invoke(
        function.Method.IsStatic || services is null ? null : ActivatorUtilities.CreateInstance(services, function.Method.DeclaringType!),
        BindingFlags.DoNotWrapExceptions,
        null,
        arguments,
        null);

    private static Type? FreeParameter(LocalFunction function) =>
        function.Method.GetParameters().FirstOrDefault(parameter => IsFree(function, parameter))?.ParameterType;

    private static bool IsFree(LocalFunction function, ParameterInfo parameter) =>
        parameter.Name != function.Trigger.Name && parameter.ParameterType != typeof(FunctionContext) && parameter.ParameterType != typeof(CancellationToken);

    private static object? DefaultOf(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    private sealed class FunctionOrchestrator(LocalFunction function) : ITaskOrchestrator
    {
        public Type InputType => FreeParameter(function) ?? typeof(object);

        public Type OutputType => typeof(object);

        public Task<object?> RunAsync(TaskOrchestrationContext context, object? input)
        {
            var arguments = function.Method.GetParameters().Select(parameter =>
                parameter.Name == function.Trigger.Name ? context
                : IsFree(function, parameter) ? input ?? DefaultOf(parameter.ParameterType)
                : DefaultOf(parameter.ParameterType));
            return MethodResult.Unwrap(Call(function, null, [.. arguments]), function.Method.ReturnType);
        }
    }

    private sealed class FunctionActivity(LocalFunction function, IServiceProvider services) : ITaskActivity
    {
        public Type InputType { get; } = function.Method.GetParameters().Single(parameter => parameter.Name == function.Trigger.Name).ParameterType;

        public Type OutputType => typeof(object);

        public Task<object?> RunAsync(TaskActivityContext context, object? input)
        {
            var arguments = function.Method.GetParameters().Select(parameter =>
                parameter.Name == function.Trigger.Name ? input ?? DefaultOf(parameter.ParameterType)
                : string.Equals(parameter.Name, "instanceId", StringComparison.OrdinalIgnoreCase) ? context.InstanceId
                : DefaultOf(parameter.ParameterType));
            return MethodResult.Unwrap(Call(function, services, [.. arguments]), function.Method.ReturnType);
        }
    }

    private sealed class FunctionEntity(LocalFunction function, IServiceProvider services) : Microsoft.DurableTask.Entities.ITaskEntity
    {
        public async ValueTask<object?> RunAsync(Microsoft.DurableTask.Entities.TaskEntityOperation operation)
        {
            var invocation = new EntityInvocation(function.Name, InvokeAsync);
            var running = invocation.RunAsync((EntityBatch)operation);
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await invocation.EndAsync().ConfigureAwait(false) is { } thrown ? throw thrown : await running.ConfigureAwait(false);
        }

        private async Task<Exception?> InvokeAsync(EntityInvocation invocation)
        {
            var dispatcher = new TaskEntityDispatcher(invocation, services);
            var arguments = function.Method.GetParameters().Select(parameter =>
                parameter.Name == function.Trigger.Name ? dispatcher : DefaultOf(parameter.ParameterType));
            try
            {
                await MethodResult.Unwrap(Call(function, services, [.. arguments]), function.Method.ReturnType).ConfigureAwait(false);
                return null;
            }
            catch (Exception e)
            {
                return e;
            }
        }
    }
}
