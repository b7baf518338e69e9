using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Makes a function an orchestrator. The parameter is a <c>TaskOrchestrationContext</c>; another one receives the input.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The orchestrator's name; the function's when not given.</summary>
    public string? Orchestration { get; set; }
}

/// <summary>Makes a function an activity. The parameter receives the input.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
[InputConverter(typeof(ActivityInputConverter))]
[ConverterFallbackBehavior(ConverterFallbackBehavior.Allow)]
public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The activity's name; the function's when not given.</summary>
    public string? Activity { get; set; }
}

/// <summary>Makes a function an entity. The parameter is a <see cref="TaskEntityDispatcher"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EntityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The entity's name; the function's when not given.</summary>
    public string? EntityName { get; set; }
}

/// <summary>Gives a function a <c>DurableTaskClient</c>.</summary>
[InputConverter(typeof(DurableTaskClientConverter))]
[ConverterFallbackBehavior(ConverterFallbackBehavior.Disallow)]
public sealed class DurableClientAttribute : InputBindingAttribute
{
    /// <summary>The task hub; the one of host.json when not given.</summary>
    public string? TaskHub { get; set; }

    /// <summary>The setting of the connection; of no effect here.</summary>
    public string? ConnectionName { get; set; }
}
