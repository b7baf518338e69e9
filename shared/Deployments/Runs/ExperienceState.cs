using System.Collections.Immutable;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>
/// An experience on an environment: what is live, and who may change it. The fence grows with each deployment that takes it; a call to
/// Roblox that comes with an older fence is not made.
/// </summary>
public sealed record ExperienceState
{
    /// <summary>The experience's name and environment, e.g. <c>treasure-hunt/production</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Grows with each deployment that takes the experience.</summary>
    public long Fence { get; init; }

    /// <summary>The deployment that has it; null when none has.</summary>
    public string? Holder { get; init; }

    /// <summary>Grows with each change of what is live: a plan that was made before is out of date.</summary>
    public long Revision { get; init; }

    /// <summary>The version that was complete last.</summary>
    public string? Version { get; init; }

    /// <summary>The version that places move to now; null while one version is complete.</summary>
    public string? MovingTo { get; init; }

    /// <summary>The number that each place got at Roblox when it was published last by a run that was complete, by place.</summary>
    public ImmutableSortedDictionary<string, long> Published { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>The content of Models that change in place, by asset id; empty text while nobody knows.</summary>
    public ImmutableSortedDictionary<long, string> Models { get; init; } = ImmutableSortedDictionary<long, string>.Empty;

    /// <summary>The key of an experience's environment.</summary>
    public static string KeyOf(string experience, string environment) => $"{experience}/{environment}";
}

/// <summary>A call to Roblox that was begun.</summary>
/// <param name="Id">The permit's id: a call is made once.</param>
/// <param name="Key">The experience's key.</param>
/// <param name="Fence">The fence that it was made under.</param>
/// <param name="Changes">Whether it changes something.</param>
/// <param name="BeganAt">Business time.</param>
public sealed record BegunCall(string Id, string Key, long Fence, bool Changes, DateTimeOffset BeganAt);

/// <summary>The experiences and the calls that were begun for them. A tenant's.</summary>
public interface IExperiences
{
    /// <summary>An experience; null when nothing was ever deployed to it.</summary>
    Task<ExperienceState?> Find(IUnitOfWork work, string key, CancellationToken ct);

    /// <summary>Locks an experience, which is made when it is not there.</summary>
    Task<ExperienceState> Lock(IUnitOfWork work, string key, CancellationToken ct);

    /// <summary>Saves an experience that is locked.</summary>
    Task Save(IUnitOfWork work, ExperienceState state, CancellationToken ct);

    /// <summary>Notes that a call begins; false when it began before.</summary>
    Task<bool> TryBegin(IUnitOfWork work, BegunCall call, CancellationToken ct);

    /// <summary>Notes that a call has ended.</summary>
    Task End(IUnitOfWork work, string id, CancellationToken ct);

    /// <summary>Forgets notes that calls began, where nothing came of them.</summary>
    Task Unbegin(IUnitOfWork work, IReadOnlyList<string> ids, CancellationToken ct);

    /// <summary>Is a changing call of an older fence under way that began after a time?</summary>
    Task<bool> AnyUnderWay(IUnitOfWork work, string key, long beforeFence, DateTimeOffset beganAfter, CancellationToken ct);

    /// <summary>Forgets the calls that began before a time, but for those that are paid; the number of them.</summary>
    Task<int> Forget(IUnitOfWork work, DateTimeOffset beganBefore, CancellationToken ct);
}
