using System.Collections.Immutable;
using ToolboxAI.Shared.Deployments.Releases;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>What a run does next.</summary>
public abstract record DeploymentStep
{
    /// <summary>Carry out the stage as a whole.</summary>
    public sealed record Carry(DeploymentStage Stage) : DeploymentStep;

    /// <summary>Upload these assets, by name.</summary>
    public sealed record Upload(IReadOnlyList<string> Assets) : DeploymentStep;

    /// <summary>Publish these places, by name.</summary>
    public sealed record Publish(IReadOnlyList<string> Places, bool OnStaging) : DeploymentStep;

    /// <summary>Give these Models the content that they are to have, by name.</summary>
    public sealed record SetModels(IReadOnlyList<string> Models) : DeploymentStep;

    /// <summary>Restart the servers of these places, by name.</summary>
    public sealed record Restart(IReadOnlyList<string> Places, bool IsLast) : DeploymentStep;

    /// <summary>Look at health, then wait a while.</summary>
    public sealed record Watch : DeploymentStep;

    /// <summary>Wait for a person.</summary>
    public sealed record Wait(DateTimeOffset Until) : DeploymentStep;

    /// <summary>Nothing: it has ended.</summary>
    public sealed record Done : DeploymentStep;
}

/// <summary>
/// All decisions of a deployment and of a rollback, which is the same from the moment at which production begins to move: only the
/// goal is an earlier version. Each step is safe to repeat, so a run goes on from its state whatever happened to its process.
/// </summary>
public static class DeploymentRules
{
    /// <summary>The most uploads or changes at once.</summary>
    public const int MostAtOnce = 20;

    private const int MostLines = 300;
    private static readonly TimeSpan Decision = TimeSpan.FromDays(7);

    /// <summary>Where a run begins.</summary>
    public static DeploymentState Start(DeploymentKind kind, DateTimeOffset now) => kind == DeploymentKind.Deploy
        ? Say(new(), now, "Started.")
        : Say(new() { Stage = DeploymentStage.Begin, GoingBack = true, Status = DeploymentStatus.RollingBack }, now, "Rollback started.");

    /// <summary>The places that are to be live, and their bytes.</summary>
    public static IReadOnlyDictionary<string, string> Places(DeploymentStart start, DeploymentState state) =>
        state.GoingBack ? start.Goal!.Places : state.Rendered;

    /// <summary>The next step.</summary>
    public static DeploymentStep Next(DeploymentStart start, DeploymentState state)
    {
        if (state.Ended)
        {
            return new DeploymentStep.Done();
        }

        switch (state.Stage)
        {
            case DeploymentStage.Upload:
                return NextUpload(start.Release!, state);
            case DeploymentStage.PublishStaging when Left(start.Release!.Places.Select(place => place.Name), state.Staged.ContainsKey) is { Count: > 0 } places:
                return new DeploymentStep.Publish(places, OnStaging: true);
            case DeploymentStage.Approve when state.Until is { } until:
                return new DeploymentStep.Wait(until);
            case DeploymentStage.Models when Left(ModelsToSet(start, state), state.Models.Contains) is { Count: > 0 } models:
                return new DeploymentStep.SetModels(models);
            case DeploymentStage.Publish when Left(Places(start, state).Keys, state.Published.ContainsKey) is { Count: > 0 } places:
                return new DeploymentStep.Publish(places, OnStaging: false);
            case DeploymentStage.Restart when WaveRules.Next(state.Published.Keys, state.Restarted, state.Baseline, allAtOnce: state.GoingBack) is { Count: > 0 } wave:
                return new DeploymentStep.Restart(wave, state.Restarted.Count + wave.Count == state.Published.Count);
            case DeploymentStage.Watch when state.Until is not null:
                return new DeploymentStep.Watch();
            default:
                return new DeploymentStep.Carry(state.Stage);
        }
    }

    /// <summary>The Models that may not have the content they are to have.</summary>
    public static IReadOnlyList<string> ModelsToSet(DeploymentStart start, DeploymentState state) => state.GoingBack
        ? [.. start.Goal!.Assets.Where(asset => asset.Value.InPlace).Select(asset => asset.Key)]
        : [.. start.Release!.Assets.Where(asset => asset.Action == AssetAction.ChangeInPlace).Select(asset => asset.Spec.Name)];

    /// <summary>The stage is done: on to the next that this run has.</summary>
    public static DeploymentState Finished(DeploymentStart start, DeploymentState state, DateTimeOffset now, string message)
    {
        var next = state.Stage switch
        {
            DeploymentStage.Render when start.Release!.Staging is null => DeploymentStage.Approve,
            DeploymentStage.PublishStaging when start.Release!.SmokeSha256 is null => DeploymentStage.Approve,
            DeploymentStage.Verify when state.GoingBack => DeploymentStage.Complete,
            _ => state.Stage + 1,
        };
        var said = Say(state, now, message) with { Stage = next, Until = null };
        return next switch
        {
            DeploymentStage.Approve => AskForApproval(start, said, now),
            DeploymentStage.Watch => said with { Until = now + TimeSpan.FromMinutes(start.Release!.Policy.WatchMinutes) },
            DeploymentStage.Done => said with { Status = state.GoingBack && start.Kind == DeploymentKind.Deploy ? DeploymentStatus.RolledBack : DeploymentStatus.Succeeded },
            _ => said,
        };
    }

    /// <summary>A step failed for good: back to the last good version if production has moved, else it waits for a retry.</summary>
    public static DeploymentState Failed(DeploymentStart start, DeploymentState state, DateTimeOffset now, string reason)
    {
        if (state.Stage < DeploymentStage.Begin || state.GoingBack)
        {
            return DeadLettered(state, now, reason);
        }

        if (start.Goal is not null)
        {
            return Say(state, now, $"Going back to {start.Goal.Version}: {reason}") with
            {
                Status = DeploymentStatus.RollingBack,
                Stage = DeploymentStage.Begin,
                GoingBack = true,
                Reason = reason,
                Until = null,
                Models = [],
                Published = state.Published.Clear(),
                Restarted = [],
            };
        }

        // There is nothing to go back to: a version that is wholly there is better than one that is half there.
        return state.Stage is >= DeploymentStage.Verify and < DeploymentStage.Complete
            ? Say(state, now, $"{reason} There is no earlier version to go back to.") with { Stage = DeploymentStage.Complete, Reason = reason, Until = null }
            : DeadLettered(state, now, reason);
    }

    /// <summary>The run ends where it stands and waits for a retry.</summary>
    public static DeploymentState DeadLettered(DeploymentState state, DateTimeOffset now, string reason) =>
        Say(state, now, $"Failed: {reason}") with { Status = DeploymentStatus.DeadLettered, Reason = reason, Until = null };

    /// <summary>Another run has taken the experience.</summary>
    public static DeploymentState Superseded(DeploymentState state, DateTimeOffset now) =>
        state.Ended ? state : Say(state, now, "Another run has taken the experience; this one stops.") with { Status = DeploymentStatus.Superseded, Until = null };

    /// <summary>From the step that failed. What a person has not decided is asked again, and a watch begins anew.</summary>
    public static DeploymentState Retried(DeploymentStart start, DeploymentState state, DateTimeOffset now)
    {
        var open = !state.GoingBack && state.Assets.Any(asset => asset.Value.NeedsDecision);
        var again = Say(state, now, "Tried again.") with
        {
            Status = state.GoingBack ? DeploymentStatus.RollingBack : open ? DeploymentStatus.AwaitingDecision : DeploymentStatus.Running,
            Until = open ? now + Decision : state.Until,
            Reason = null,
        };
        return state.Stage switch
        {
            DeploymentStage.Approve => AskForApproval(start, again, now),
            DeploymentStage.Watch => again with { Until = now + TimeSpan.FromMinutes(start.Release!.Policy.WatchMinutes) },
            _ => again,
        };
    }

    /// <summary>Does a deployment wait for this word? Until it goes to production, one that waits for a person can be rejected.</summary>
    public static bool Awaits(DeploymentState state, DeploymentSignal signal) => signal.Kind switch
    {
        DeploymentSignalKind.Approve => state.Status == DeploymentStatus.AwaitingApproval,
        DeploymentSignalKind.Reject => state.Status is DeploymentStatus.AwaitingApproval or DeploymentStatus.AwaitingDecision,
        _ => Waiting(state, signal) is not null,
    };

    /// <summary>A person's word.</summary>
    public static DeploymentState On(DeploymentState state, DeploymentSignal signal, DateTimeOffset now) => signal.Kind switch
    {
        DeploymentSignalKind.Stop => Superseded(state, now),
        DeploymentSignalKind.Approve when state is { Status: DeploymentStatus.AwaitingApproval } =>
            Say(state, now, "Approved.") with { Status = DeploymentStatus.Running, Stage = DeploymentStage.Baseline, ApprovedBy = signal.By, Until = null },
        DeploymentSignalKind.Reject when Awaits(state, signal) =>
            Say(state, now, "Rejected.") with { Status = DeploymentStatus.Rejected, Reason = "Somebody said no.", Until = null },
        DeploymentSignalKind.RepeatUpload when Waiting(state, signal) is { } asset =>
            Decided(state, signal, now, asset with { NeedsDecision = false, MayRepeat = true }, "is uploaded again"),
        DeploymentSignalKind.UseAsset when Waiting(state, signal) is { } asset && signal.AssetId is { } id =>
            Decided(state, signal, now, asset with { NeedsDecision = false, AssetId = id }, $"is asset {id}"),
        _ => state,
    };

    /// <summary>The time of waiting is over.</summary>
    public static DeploymentState TimedOut(DeploymentStart start, DeploymentState state, DateTimeOffset now) => state.Status switch
    {
        DeploymentStatus.AwaitingApproval => Say(state, now, "Nobody approved in time.") with { Status = DeploymentStatus.Rejected, Reason = "Nobody approved in time.", Until = null },
        _ => Failed(start, state, now, "Nobody said in time what became of a paid upload."),
    };

    /// <summary>Assets have come further.</summary>
    public static DeploymentState Uploaded(DeploymentState state, IEnumerable<(string Name, AssetProgress Progress, IReadOnlyList<string> Orphans)> results, DateTimeOffset now)
    {
        var list = results.ToList();
        state = state with
        {
            Assets = state.Assets.SetItems(list.Select(result => KeyValuePair.Create(result.Name, result.Progress))),
            Orphans = state.Orphans.AddRange(list.SelectMany(result => result.Orphans).Select(orphan => new Orphan(orphan, now))),
        };
        var (ready, open) = (state.Assets.Count(asset => asset.Value.Ready), list.Where(result => result.Progress.NeedsDecision).Select(result => result.Name).ToList());
        state = Say(state, now, $"{ready} assets are ready.");
        return open.Count == 0 ? state : Say(state, now, $"The answer to the paid upload of {string.Join(", ", open)} was lost: a person must say whether it is there.") with
        {
            Status = DeploymentStatus.AwaitingDecision,
            Until = now + Decision,
        };
    }

    /// <summary>A place was published.</summary>
    public static DeploymentState Published(DeploymentState state, bool onStaging, IEnumerable<(string Place, long Version, IReadOnlyList<string> Orphans)> results, DateTimeOffset now)
    {
        var list = results.ToList();
        var versions = list.Select(result => KeyValuePair.Create(result.Place, result.Version));
        return Say(state, now, $"Published {string.Join(", ", list.Select(result => $"{result.Place} as version {result.Version}"))}{(onStaging ? " on staging" : "")}.") with
        {
            Staged = onStaging ? state.Staged.SetItems(versions) : state.Staged,
            Published = onStaging ? state.Published : state.Published.SetItems(versions),
            Orphans = state.Orphans.AddRange(list.SelectMany(result => result.Orphans).Select(orphan => new Orphan(orphan, now))),
        };
    }

    /// <summary>Adds a line to the timeline. The oldest lines but the first go when there are too many.</summary>
    public static DeploymentState Say(DeploymentState state, DateTimeOffset now, string message)
    {
        var timeline = state.Timeline.Add(new(now, state.Stage, message));
        return state with { Version = state.Version + 1, Timeline = timeline.Count > MostLines ? timeline.RemoveAt(1) : timeline };
    }

    private static DeploymentStep NextUpload(Release release, DeploymentState state)
    {
        bool Ready(string name) => state.Assets.GetValueOrDefault(name) is { Ready: true }
            || release.Assets.Any(asset => asset.Spec.Name == name && asset.Action != AssetAction.Create);
        var left = release.Assets.Where(asset => !Ready(asset.Spec.Name)).ToList();
        var free = left.Where(asset => state.Assets.GetValueOrDefault(asset.Spec.Name) is not { NeedsDecision: true } && asset.Spec.Needs.All(Ready)).ToList();

        // Paid uploads go one by one, so that a quota tells of one of them.
        var batch = free.Where(asset => asset.Spec.Price == 0).Take(MostAtOnce).ToList() is { Count: > 0 } unpaid ? unpaid : [.. free.Take(1)];
        return batch.Count > 0 ? new DeploymentStep.Upload([.. batch.Select(asset => asset.Spec.Name)])
            : left.Count > 0 ? new DeploymentStep.Wait(state.Until ?? DateTimeOffset.UnixEpoch)
            : new DeploymentStep.Carry(DeploymentStage.Upload);
    }

    private static DeploymentState AskForApproval(DeploymentStart start, DeploymentState state, DateTimeOffset now)
    {
        var policy = start.Release!.Policy;
        return start.Release.Staging is null || !policy.NeedsApproval
            ? Say(state, now, "Approved by policy.") with { Stage = DeploymentStage.Baseline }
            : state with { Status = DeploymentStatus.AwaitingApproval, Until = now + TimeSpan.FromHours(policy.ApprovalHours) };
    }

    private static AssetProgress? Waiting(DeploymentState state, DeploymentSignal signal) =>
        !state.Ended && signal.Asset is { } name && state.Assets.GetValueOrDefault(name) is { NeedsDecision: true } asset ? asset : null;

    private static DeploymentState Decided(DeploymentState state, DeploymentSignal signal, DateTimeOffset now, AssetProgress asset, string what)
    {
        var assets = state.Assets.SetItem(signal.Asset!, asset);
        var open = assets.Any(other => other.Value.NeedsDecision);
        return Say(state, now, $"Decided: {signal.Asset} {what}.") with
        {
            Assets = assets,
            Status = open ? state.Status : DeploymentStatus.Running,
            Until = open ? state.Until : null,
        };
    }

    private static List<string> Left(IEnumerable<string> names, Func<string, bool> done) =>
        [.. names.Where(name => !done(name)).Order(StringComparer.Ordinal).Take(MostAtOnce)];
}
