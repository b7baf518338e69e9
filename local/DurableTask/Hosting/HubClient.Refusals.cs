using Grpc.Core;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>
/// What a function app's client is refused. The Durable extension looks at the instance first, and answers with an
/// <see cref="RpcException"/> what a plain worker's hub lets go in silence: the codes and words here are those of its
/// <c>TaskHubGrpcServer</c> (3.x).
/// </summary>
internal sealed partial class HubClient
{
    /// <summary>Whether what is told to an instance that is not there, or is not in a state for it, is refused.</summary>
    public bool Refuses { get; init; }

    /// <summary>Whether that holds for events too: <c>throwStatusExceptionsOnRaiseEvent</c> of host.json.</summary>
    public bool RefusesEvents { get; init; } = true;

    private async Task SteerAsync(
        string verb,
        string instanceId,
        Func<OrchestrationRuntimeStatus, bool> fits,
        Func<DateTimeOffset, HistoryEvent> message,
        CancellationToken cancellation)
    {
        if (Refuses && await StatusAsync(instanceId, cancellation).ConfigureAwait(false) is { } status && !fits(status))
        {
            throw NotNow(verb, instanceId, status);
        }

        if (!await SendAsync(instanceId, message, cancellation).ConfigureAwait(false) && Refuses)
        {
            throw await StatusAsync(instanceId, cancellation).ConfigureAwait(false) is { } ended
                ? NotNow(verb, instanceId, ended)
                : Refused(StatusCode.NotFound, $"ArgumentException: No instance with ID '{instanceId}' was found.");
        }
    }

    private async Task RefuseEventAsync(string instanceId, CancellationToken cancellation)
    {
        if (Refuses && RefusesEvents)
        {
            throw await StatusAsync(instanceId, cancellation).ConfigureAwait(false) is null
                ? Refused(StatusCode.NotFound, $"No instance with ID '{instanceId}' was found.")
                : Refused(StatusCode.FailedPrecondition, "The orchestration instance with the provided instance id is not running.");
        }
    }

    private async Task<OrchestrationRuntimeStatus?> StatusAsync(string instanceId, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var hub = await open().ConfigureAwait(false);
        return (await hub.Store.FindAsync(instanceId, cancellation).ConfigureAwait(false))?.Status;
    }

    private static RpcException NotNow(string verb, string instanceId, OrchestrationRuntimeStatus status) => Refused(
        StatusCode.FailedPrecondition,
        $"InvalidOperationException: Cannot {verb} the orchestration instance {instanceId} because instance is in the {status} state.");

    private static RpcException Refused(StatusCode code, string detail) => new(new Status(code, detail));
}
