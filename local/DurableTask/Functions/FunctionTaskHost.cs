using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>Runs the functions with durable triggers, and the classes that <c>ConfigureDurableWorker().AddTasks</c> registered.</summary>
internal sealed class FunctionTaskHost : ITaskHost
{
    private readonly FunctionInvoker invoker;
    private readonly IServiceProvider services;
    private readonly IFunctionActivator activator;
    private readonly RegistryTaskHost registered;
    private readonly Dictionary<string, LocalFunction> orchestrators;
    private readonly Dictionary<string, LocalFunction> activities;
    private readonly Dictionary<string, LocalFunction> entities;

    public FunctionTaskHost(FunctionCatalog catalog, FunctionInvoker invoker, IServiceProvider services, DurableTaskRegistry registry, TaskHostSettings settings)
    {
        this.invoker = invoker;
        this.services = services;
        activator = services.GetRequiredService<IFunctionActivator>();
        Settings = settings;
        registered = new RegistryTaskHost(new DurableTaskFactory(registry), services, settings);
        orchestrators = ByName(catalog, "orchestrationTrigger", attribute => ((OrchestrationTriggerAttribute)attribute).Orchestration);
        activities = ByName(catalog, "activityTrigger", attribute => ((ActivityTriggerAttribute)attribute).Activity);
        entities = ByName(catalog, "entityTrigger", attribute => ((EntityTriggerAttribute)attribute).EntityName);
        HasTasks = orchestrators.Count + activities.Count + entities.Count + registry.Orchestrators.Count + registry.Activities.Count + registry.Entities.Count > 0;
    }

    public TaskHostSettings Settings { get; }

    /// <summary>Whether there is anything to run.</summary>
    public bool HasTasks { get; }

    public async Task<string?> RunOrchestratorAsync(OrchestrationContext context)
    {
        if (!orchestrators.TryGetValue(context.Name, out var function))
        {
            return await registered.RunOrchestratorAsync(context);
        }

        var orchestration = new OrchestrationInvocation(context, Settings.Converter);
        context.HostState = orchestration;
        var pipeline = invoker.InvokeAsync(function, context, Data(context.InstanceId), new InvocationOptions
        {
            TraceParent = Tracing.OrchestrationContext(context.Started),
            TraceState = context.Started.TraceState,
            Prepare = functionContext =>
            {
                orchestration.FunctionContext = functionContext;
                functionContext.Features.Set(orchestration);
                functionContext.Features.Set<IFunctionExecutor>(new OrchestrationExecutor(activator, orchestration));
            },
        });
        if (!pipeline.IsCompleted)
        {
            if (!orchestration.Started)
            {
                throw new InvalidOperationException(
                    "An invalid asynchronous invocation was detected. This can be caused by awaiting non-durable tasks in an orchestrator function's implementation or by middleware that invokes asynchronous code.");
            }

            // The code ends on this thread. What the pipeline does after it may hop to others: the step waits for it.
            await orchestration.Ended;
            await Task.Yield();
            context.AwaitPipeline(pipeline);
        }

        return Settings.Converter.Serialize(Value(await pipeline));
    }

    public async Task<string?> RunActivityAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        if (BuiltInHttpActivity.Is(call.Name))
        {
            return await BuiltInHttpActivity.RunAsync(call, services, cancellationToken).ConfigureAwait(false);
        }

        if (!activities.TryGetValue(call.Name, out var function))
        {
            return await registered.RunActivityAsync(call, cancellationToken).ConfigureAwait(false);
        }

        var result = await invoker.InvokeAsync(
            function,
            new ActivityInput(call.Input, Settings.Converter),
            Data(call.InstanceId),
            new InvocationOptions { TraceParent = Activity.Current?.Id ?? call.TraceParent, TraceState = call.TraceState },
            cancellationToken).ConfigureAwait(false);
        return Settings.Converter.Serialize(Value(result));
    }

    public async Task<string?> RunEntityAsync(EntityBatch batch, CancellationToken cancellationToken)
    {
        if (!entities.TryGetValue(batch.Context.Id.Name, out var function))
        {
            return await registered.RunEntityAsync(batch, cancellationToken).ConfigureAwait(false);
        }

        var invocation = (EntityInvocation)(batch.Visit.Invocation ??= new EntityInvocation(function.Name, async started =>
        {
            var dispatcher = new TaskEntityDispatcher(started, services);
            return (await invoker.InvokeAsync(function, dispatcher, Data(batch.Context.Id.ToString()), null, cancellationToken).ConfigureAwait(false)).Exception;
        }));
        return Settings.Converter.Serialize(await invocation.RunAsync(batch).ConfigureAwait(false));
    }

    private static object? Value(FunctionInvocationResult result)
    {
        if (result.Exception is { } exception)
        {
            ExceptionDispatchInfo.Throw(exception);
        }

        return result.Value;
    }

    private static Dictionary<string, object?> Data(string instanceId) => new(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = instanceId };

    private static Dictionary<string, LocalFunction> ByName(FunctionCatalog catalog, string trigger, Func<object, string?> nameOf) =>
        catalog.Runnable(trigger).ToDictionary(
            function => nameOf(function.Trigger.Attribute!) is { Length: > 0 } name ? name : function.Name, StringComparer.OrdinalIgnoreCase);
}
