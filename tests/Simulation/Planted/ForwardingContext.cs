using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Tests.Simulation.Planted;

/// <summary>An orchestration's view of the engine, handed on unchanged.</summary>
public abstract class ForwardingContext(TaskOrchestrationContext real) : TaskOrchestrationContext
{
    public override TaskName Name => real.Name;

    public override string InstanceId => real.InstanceId;

    public override ParentOrchestrationInstance? Parent => real.Parent;

    public override DateTime CurrentUtcDateTime => real.CurrentUtcDateTime;

    public override bool IsReplaying => real.IsReplaying;

    public override TaskOrchestrationEntityFeature Entities => real.Entities;

    protected override ILoggerFactory LoggerFactory => Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
        real.CreateTimer(fireAt, cancellationToken);

    public override T GetInput<T>() => real.GetInput<T>()!;

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        real.CallActivityAsync<TResult>(name, input, options);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        real.CallSubOrchestratorAsync<TResult>(orchestratorName, input, options);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        real.WaitForExternalEvent<T>(eventName, cancellationToken);

    public override void SendEvent(string instanceId, string eventName, object payload) => real.SendEvent(instanceId, eventName, payload);

    public override void SetCustomStatus(object? customStatus) => real.SetCustomStatus(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        real.ContinueAsNew(newInput, preserveUnprocessedEvents);

    public override Guid NewGuid() => real.NewGuid();
}
