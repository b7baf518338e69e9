using Grpc.Core;
using Microsoft.DurableTask.Client;

namespace ToolboxAI.Durable;

/// <summary>
/// Telling something to a run that may have ended a moment ago: the Durable extension then refuses with FailedPrecondition. A run that
/// is not there at all is refused with NotFound, which stays an exception: it may be about to start, and a message comes again.
/// </summary>
public static class EndedRuns
{
    /// <summary>Raises an event; false when the run has ended, and nobody hears it.</summary>
    public static async Task<bool> TryRaiseEvent(this DurableTaskClient durable, string instanceId, string name, object payload, CancellationToken ct)
    {
        try
        {
            await durable.RaiseEventAsync(instanceId, name, payload, ct);
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            return false;
        }
    }

    /// <summary>Terminates a run; false when it has ended by itself.</summary>
    public static async Task<bool> TryTerminate(this DurableTaskClient durable, string instanceId, string reason, CancellationToken ct)
    {
        try
        {
            await durable.TerminateInstanceAsync(instanceId, reason, ct);
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            return false;
        }
    }
}
