using System.Diagnostics.CodeAnalysis;
using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Durable.Deployments;

/// <summary>How one part of a step ended: with its value, with the reason why it failed, or because another run has the experience.</summary>
/// <param name="Value">What it gave; null when it failed.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="Fenced">Another run has the experience.</param>
/// <param name="Orphans">What may lie at Roblox unused.</param>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "The outcome's type is what tells its endings apart.")]
public sealed record PartOutcome<T>(T? Value, string? Failure, bool Fenced, IReadOnlyList<string> Orphans)
{
    /// <summary>It is done.</summary>
    public static PartOutcome<T> Done(T value, params IReadOnlyList<string> orphans) => new(value, null, false, orphans);

    /// <summary>It failed, or was fenced, as a call was.</summary>
    public static PartOutcome<T> Of<TCall>(string what, CallOutcome<TCall> call, params IReadOnlyList<string> orphans) =>
        call.End == CallEnd.Fenced ? new(default, null, true, orphans) : new(default, $"{what}: {call.Why ?? call.End.ToString()}", false, orphans);

    /// <summary>It failed.</summary>
    public static PartOutcome<T> Failed(string why, params IReadOnlyList<string> orphans) => new(default, why, false, orphans);
}
