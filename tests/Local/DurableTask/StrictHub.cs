using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace ToolboxAI.Tests.Local.DurableTask;

/// <summary>A client of a hub that has one run, and that refuses, as the Durable extension does in Azure, an event to a run that is not there or has ended.</summary>
/// <param name="id">The run.</param>
/// <param name="status">How it stands; null: it was never started.</param>
internal sealed class StrictHub(string id, OrchestrationRuntimeStatus? status) : DurableTaskClient("strict")
{
    private OrchestrationMetadata? run = status is { } known ? new OrchestrationMetadata("run", id) { RuntimeStatus = known } : null;

    /// <summary>Instances that were told something.</summary>
    public List<string> Told { get; } = [];

    /// <summary>The run ends by itself right after somebody looked at it.</summary>
    public bool EndsOnceSeen { get; init; }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        var seen = run;
        if (EndsOnceSeen && run is not null)
        {
            run = new OrchestrationMetadata(run.Name, run.InstanceId) { RuntimeStatus = OrchestrationRuntimeStatus.Completed };
        }

        return Task.FromResult(seen);
    }

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        run = new OrchestrationMetadata(orchestratorName, options!.InstanceId!) { RuntimeStatus = OrchestrationRuntimeStatus.Pending };
        return Task.FromResult(run.InstanceId);
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        Tell(instanceId);
        return Task.CompletedTask;
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        Tell(instanceId);
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Tell(string instanceId)
    {
        if (run is not { IsCompleted: false })
        {
            throw new RpcException(new Status(run is null ? StatusCode.NotFound : StatusCode.FailedPrecondition, "The instance is not running."));
        }

        Told.Add(instanceId);
    }
}
