using Microsoft.DurableTask.Abstractions;
using Microsoft.DurableTask.Worker;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>A worker does not run this work; another one may.</summary>
internal sealed class WorkRejectedException(string message) : Exception(message);

/// <summary>Which versions of orchestrations a worker runs.</summary>
internal static class Versions
{
    /// <summary>How an instance of a version that the worker does not run fails; <c>null</c> when it runs it.</summary>
    /// <exception cref="WorkRejectedException">The worker leaves such instances to others.</exception>
    public static Failure? Refusal(DurableTaskWorkerOptions.VersioningOptions? options, string? version)
    {
        var mismatch = options?.MatchStrategy switch
        {
            DurableTaskWorkerOptions.VersionMatchStrategy.Strict when Compare(version, options.Version) != 0 =>
                $"The orchestration version '{version}' does not match the worker version '{options.Version}'.",
            DurableTaskWorkerOptions.VersionMatchStrategy.CurrentOrOlder when Compare(version, options.Version) > 0 =>
                $"The orchestration version '{version}' is greater than the worker version '{options.Version}'.",
            _ => null,
        };
        return mismatch is null ? null
            : options!.FailureStrategy == DurableTaskWorkerOptions.VersionFailureStrategy.Fail ? new Failure("VersionMismatch", mismatch) { IsFinal = true }
            : throw new WorkRejectedException(mismatch);
    }

    private static int Compare(string? one, string other) => TaskOrchestrationVersioningUtils.CompareVersions(one ?? string.Empty, other);
}
