using System.Collections.Immutable;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>How a deployment stands.</summary>
public enum DeploymentStatus
{
    /// <summary>It works.</summary>
    Running,

    /// <summary>It waits for somebody's approval.</summary>
    AwaitingApproval,

    /// <summary>It waits for a person to say what became of a paid upload.</summary>
    AwaitingDecision,

    /// <summary>The release proved bad: the last good version is brought back.</summary>
    RollingBack,

    /// <summary>Its version is live, complete and proved.</summary>
    Succeeded,

    /// <summary>The last good version is live again, complete and proved.</summary>
    RolledBack,

    /// <summary>Somebody said no, or nobody said yes in time; production was not touched.</summary>
    Rejected,

    /// <summary>Another run has taken the experience.</summary>
    Superseded,

    /// <summary>It failed and waits for a retry.</summary>
    DeadLettered,
}

/// <summary>The steps, in their order.</summary>
public enum DeploymentStage
{
    /// <summary>All files are there and nobody else has the experience.</summary>
    Validate,

    /// <summary>The scripts may go live.</summary>
    Scan,

    /// <summary>All files are one bundle.</summary>
    Bundle,

    /// <summary>New assets are uploaded, moderated and may be used.</summary>
    Upload,

    /// <summary>The places hold the assets' ids.</summary>
    Render,

    /// <summary>The places are on staging.</summary>
    PublishStaging,

    /// <summary>The tests hold there.</summary>
    Test,

    /// <summary>Somebody approves.</summary>
    Approve,

    /// <summary>Health before the change is known.</summary>
    Baseline,

    /// <summary>Production begins to move.</summary>
    Begin,

    /// <summary>Models that change in place have their content.</summary>
    Models,

    /// <summary>The places are on production.</summary>
    Publish,

    /// <summary>The configuration is written.</summary>
    Configure,

    /// <summary>The servers run the new version.</summary>
    Restart,

    /// <summary>The places load: each is looked at by a task that changes nothing.</summary>
    Verify,

    /// <summary>Health stays well for a while.</summary>
    Watch,

    /// <summary>The version counts as complete.</summary>
    Complete,

    /// <summary>Nothing is left to do.</summary>
    Done,
}

/// <summary>What became of an asset.</summary>
/// <param name="AssetId">Its id, once it has one.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Ready">It is approved and can be used.</param>
/// <param name="NeedsDecision">A paid upload's answer was lost, and nothing tells what became of it.</param>
/// <param name="MayRepeat">A person said yes to one more upload.</param>
public sealed record AssetProgress(long? AssetId, long? Revision, bool Ready, bool NeedsDecision = false, bool MayRepeat = false);

/// <summary>Something that may lie at Roblox unused: an upload or version whose answer was lost.</summary>
public sealed record Orphan(string What, DateTimeOffset At);

/// <summary>A line of the timeline.</summary>
/// <param name="At">Business time.</param>
/// <param name="Stage">The step.</param>
/// <param name="Message">What happened.</param>
public sealed record TimelineEntry(DateTimeOffset At, DeploymentStage Stage, string Message);

/// <summary>Health at one time.</summary>
/// <param name="Servers">Servers that answered.</param>
/// <param name="Players">Players on them.</param>
/// <param name="ErrorsPerServerMinute">Errors in their logs in the last minute.</param>
public sealed record HealthSample(int Servers, int Players, double ErrorsPerServerMinute);

/// <summary>How far a deployment is.</summary>
public sealed record DeploymentState
{
    /// <summary>Grows with each change; an older one never overwrites a newer.</summary>
    public int Version { get; init; }

    /// <summary>How it stands.</summary>
    public DeploymentStatus Status { get; init; }

    /// <summary>The next step.</summary>
    public DeploymentStage Stage { get; init; }

    /// <summary>The goal is the earlier version now.</summary>
    public bool GoingBack { get; init; }

    /// <summary>What became of the assets, by name.</summary>
    public ImmutableSortedDictionary<string, AssetProgress> Assets { get; init; } = ImmutableSortedDictionary<string, AssetProgress>.Empty;

    /// <summary>The bytes to publish, by place.</summary>
    public ImmutableSortedDictionary<string, string> Rendered { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Version numbers on staging, by place.</summary>
    public ImmutableSortedDictionary<string, long> Staged { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Version numbers on production of what is to be live, by place.</summary>
    public ImmutableSortedDictionary<string, long> Published { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Models whose content is as it is to be, by name.</summary>
    public ImmutableSortedSet<string> Models { get; init; } = [];

    /// <summary>Places whose servers were restarted.</summary>
    public ImmutableSortedSet<string> Restarted { get; init; } = [];

    /// <summary>Health before the change, by place.</summary>
    public ImmutableSortedDictionary<string, HealthSample> Baseline { get; init; } = ImmutableSortedDictionary<string, HealthSample>.Empty;

    /// <summary>The last look at health, by place.</summary>
    public ImmutableSortedDictionary<string, HealthSample> Health { get; init; } = ImmutableSortedDictionary<string, HealthSample>.Empty;

    /// <summary>What the scripts need.</summary>
    public ImmutableList<string> Capabilities { get; init; } = [];

    /// <summary>The bundle.</summary>
    public string? BundleSha256 { get; init; }

    /// <summary>Until when it waits for a person, or watches.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The API key that approved.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>Why it failed, was rejected or goes back.</summary>
    public string? Reason { get; init; }

    /// <summary>What may lie at Roblox unused.</summary>
    public ImmutableList<Orphan> Orphans { get; init; } = [];

    /// <summary>What happened, the oldest first.</summary>
    public ImmutableList<TimelineEntry> Timeline { get; init; } = [];

    /// <summary>Has it ended?</summary>
    public bool Ended => Status is DeploymentStatus.Succeeded or DeploymentStatus.RolledBack or DeploymentStatus.Rejected or DeploymentStatus.Superseded or DeploymentStatus.DeadLettered;
}
