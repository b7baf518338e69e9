using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Deployments.Plans;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A run's steps, each made through activities and runs of its own; what comes of it becomes the next state.</summary>
internal sealed class DeploymentSteps(TaskOrchestrationContext context, DeploymentStart start)
{
    private const int MostPlacesAtOnce = 8;
    private static readonly TimeSpan BetweenWaves = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OthersEnd = TimeSpan.FromSeconds(2);
    private const int MostLooksAtRestart = 60;

    /// <summary>Makes a step.</summary>
    public Task<DeploymentState> Make(DeploymentState state, DeploymentStep step) => step switch
    {
        DeploymentStep.Upload upload => Upload(state, upload.Assets),
        DeploymentStep.Publish publish => Publish(state, publish.Places, publish.OnStaging),
        DeploymentStep.SetModels models => SetModels(state, models.Models),
        DeploymentStep.Restart restart => Restart(state, restart.Places, restart.IsLast),
        DeploymentStep.Watch => Watch(state),
        DeploymentStep.Carry carry => Carry(state, carry.Stage),
        _ => throw new InvalidOperationException($"{step} is no step."),
    };

    private Task<DeploymentState> Carry(DeploymentState state, DeploymentStage stage) => stage switch
    {
        DeploymentStage.Validate => Prepare(state, nameof(ValidateRelease)),
        DeploymentStage.Scan => Prepare(state, nameof(ScanRelease)),
        DeploymentStage.Bundle => Prepare(state, nameof(BundleRelease)),
        DeploymentStage.Upload => Grant(state),
        DeploymentStage.Render => Prepare(state, nameof(RenderPlaces)),
        DeploymentStage.PublishStaging => Configure(state, start.Release!.Staging!),
        DeploymentStage.Test => Test(state, start.Release!.Staging!, state.Staged, start.Release.SmokeSha256, start.Release.SmokeTimeoutSeconds),
        DeploymentStage.Baseline => Baseline(state),
        DeploymentStage.Begin => Begin(state),
        DeploymentStage.Models => Task.FromResult(Finished(state, "Models have their content.")),
        DeploymentStage.Publish => Task.FromResult(Finished(state, "All places are published.")),
        DeploymentStage.Configure => Configure(state, Goal(state)),
        DeploymentStage.Restart => Task.FromResult(Finished(state, "All servers were restarted.")),
        DeploymentStage.Verify => Test(state, Goal(state), state.Published, null, TestSeconds),
        DeploymentStage.Complete => Complete(state),
        _ => throw new InvalidOperationException($"{stage} is not carried out as a whole."),
    };

    private const int TestSeconds = 60;

    private async Task<DeploymentState> Prepare(DeploymentState state, string activity)
    {
        var prepared = await context.CallActivityAsync<PreparedRelease>(activity, new PrepareReleaseInput(start, state), Retry.Patient);
        return prepared.Failure is { } failure ? Failed(state, failure) : Finished(
            state with
            {
                Capabilities = prepared.Capabilities is { } needed ? [.. needed] : state.Capabilities,
                BundleSha256 = prepared.BundleSha256 ?? state.BundleSha256,
                Rendered = prepared.Rendered is { } rendered ? state.Rendered.SetItems(rendered) : state.Rendered,
            },
            prepared.Message);
    }

    private async Task<DeploymentState> Upload(DeploymentState state, IReadOnlyList<string> names)
    {
        var scene = CallScene.Of(start, state);
        var assets = start.Release!.Assets.Where(asset => names.Contains(asset.Spec.Name)).ToList();
        var outcomes = await Task.WhenAll(assets.Select(asset => context.CallSubOrchestratorAsync<PartOutcome<AssetProgress>>(
            nameof(UploadAsset), new UploadAssetInput(scene, asset, state.Assets.GetValueOrDefault(asset.Spec.Name)))));
        var results = assets.Zip(outcomes).Where(result => result.Second.Value is not null || result.Second.Orphans.Count > 0).Select(result => (
            result.First.Spec.Name, result.Second.Value ?? state.Assets.GetValueOrDefault(result.First.Spec.Name) ?? new(null, null, false), result.Second.Orphans));
        return End(DeploymentRules.Uploaded(state, results, context.Now()), outcomes);
    }

    private async Task<DeploymentState> Grant(DeploymentState state)
    {
        var ids = state.Assets.Values.Where(asset => asset.Ready).Select(asset => asset.AssetId!.Value).ToList();
        foreach (var target in ids.Count == 0 ? [] : new[] { start.Release!.Staging, start.Release.Target }.OfType<ReleaseTarget>())
        {
            var call = await context.CallRoblox<IReadOnlyList<long>>(
                CallScene.Of(start, state), RobloxEndpoint.GrantAssets, nameof(GrantAssets), ticket => new GrantAssetsInput(ticket, target.UniverseId, ids));
            if (call.Value is not { } refused)
            {
                return End(state, PartOutcome<bool?>.Of("the right to use assets", call));
            }

            if (refused.Count > 0)
            {
                return Failed(state, $"Universe {target.UniverseId} may not use asset {refused[0]}.");
            }
        }

        return Finished(state, $"{ids.Count} new assets are ready to be used.");
    }

    private async Task<DeploymentState> Publish(DeploymentState state, IReadOnlyList<string> names, bool onStaging)
    {
        var (scene, target) = (CallScene.Of(start, state), onStaging ? start.Release!.Staging! : Goal(state));
        var bytes = onStaging ? state.Rendered : DeploymentRules.Places(start, state);
        var places = names.Take(MostPlacesAtOnce).ToList();
        var outcomes = await Task.WhenAll(places.Select(name => context.CallSubOrchestratorAsync<PartOutcome<long?>>(
            nameof(PublishPlace), new PublishPlaceInput(scene, name, new(target.UniverseId, target.Places[name]), bytes[name]))));
        var done = places.Zip(outcomes).Where(result => result.Second.Value is not null).Select(result => (result.First, result.Second.Value!.Value, result.Second.Orphans));
        return End(DeploymentRules.Published(state, onStaging, done, context.Now()), outcomes);
    }

    private async Task<DeploymentState> SetModels(DeploymentState state, IReadOnlyList<string> names)
    {
        var scene = CallScene.Of(start, state);
        var outcomes = await Task.WhenAll(names.Select(name => context.CallSubOrchestratorAsync<PartOutcome<AssetProgress>>(nameof(SetModel), new SetModelInput(
            scene,
            name,
            state.GoingBack ? null : start.Release!.Assets.Single(asset => asset.Spec.Name == name),
            state.GoingBack ? start.Goal!.Assets[name] : null))));
        var done = names.Zip(outcomes).Where(result => result.Second.Value is not null).ToList();
        var set = DeploymentRules.Say(state, context.Now(), $"Models set: {string.Join(", ", done.Select(result => result.First))}.") with
        {
            Models = state.Models.Union(done.Select(result => result.First)),
            Assets = state.Assets.SetItems(done.Select(result => KeyValuePair.Create(result.First, result.Second.Value!))),
        };
        return End(set, outcomes);
    }

    private async Task<DeploymentState> Configure(DeploymentState state, ReleaseTarget target)
    {
        var call = await context.CallRoblox<bool>(
            CallScene.Of(start, state), RobloxEndpoint.Entries, nameof(WriteConfig), ticket => new WriteConfigInput(ticket, target.UniverseId, target.Config));
        return call.End switch
        {
            CallEnd.Done => Finished(state, $"The configuration of {target.Environment} is written."),
            CallEnd.Unclear => state with { Version = state.Version + 1 },          // to write it again changes nothing
            _ => End(state, PartOutcome<bool?>.Of("the configuration", call)),
        };
    }

    private async Task<DeploymentState> Test(
        DeploymentState state, ReleaseTarget target, IReadOnlyDictionary<string, long> versions, string? script, int seconds)
    {
        var scene = CallScene.Of(start, state);
        var outcomes = await Task.WhenAll(versions.Select(place => context.CallSubOrchestratorAsync<PartOutcome<string>>(
            nameof(TestPlace), new TestPlaceInput(scene, place.Key, new(target.UniverseId, target.Places[place.Key]), place.Value, script, seconds))));
        return Array.Exists(outcomes, outcome => outcome.Value is null) ? End(state, outcomes) : Finished(state, $"Tested on {target.Environment}: all {versions.Count} places pass.");
    }

    private async Task<DeploymentState> Baseline(DeploymentState state)
    {
        var (release, target) = (start.Release!, start.Release!.Target);
        var (versions, fenced) = await PlaceVersions.Read(context, CallScene.Of(start, state), target);
        if (fenced)
        {
            return DeploymentRules.Superseded(state, context.Now());
        }

        if (versions?.Refused is [var refused, ..])
        {
            return Failed(state, refused);
        }

        // An approval may have taken a day: what somebody has made in Studio meanwhile is not overwritten unseen.
        if (release.Seen is { } seen && versions is not null && PlanRules.Moved(seen, versions.Newest) is { } moved)
        {
            return Failed(state, moved);
        }

        var samples = await Look(state, target, versions?.Published ?? new Dictionary<string, long>());
        return samples.Failure ?? Finished(state with { Baseline = state.Baseline.SetItems(samples.Samples) }, $"{samples.Samples.Values.Sum(sample => sample.Players)} players before the change.");
    }

    private async Task<DeploymentState> Begin(DeploymentState state)
    {
        var begun = await context.CallActivityAsync<ProductionBegun>(nameof(BeginProduction), new BeginProductionInput(start, Version(state), state.GoingBack), Retry.Patient);
        switch (begun.Outcome)
        {
            case ProductionOutcome.Fenced:
                return DeploymentRules.Superseded(state, context.Now());
            case ProductionOutcome.OthersUnderWay:
                await context.Pause(OthersEnd);
                return state with { Version = state.Version + 1 };
            default:
                return Finished(state with { Models = state.Models.Union(begun.ModelsAsWanted) }, $"Production moves to {Version(state)}.");
        }
    }

    private async Task<DeploymentState> Restart(DeploymentState state, IReadOnlyList<string> names, bool isLast)
    {
        var (scene, target) = (CallScene.Of(start, state), Goal(state));
        var call = await context.CallRoblox<RestartReading>(
            scene, RobloxEndpoint.RestartServers, nameof(RestartServers), ticket => new RestartServersInput(ticket, target.UniverseId, [.. names.Select(name => target.Places[name])]));
        if (call.End == CallEnd.Unclear)
        {
            return state with { Version = state.Version + 1 };                      // to restart again does no harm
        }

        if (call.Value is not { } restart)
        {
            return End(state, PartOutcome<bool?>.Of("the restart", call));
        }

        for (var look = 0; look < MostLooksAtRestart; look++)
        {
            await context.Pause(TimeSpan.FromSeconds(Math.Min(5 + look, 30)));
            var read = await context.CallRoblox<bool>(scene, RobloxEndpoint.ReadRestarts, nameof(ReadRestart), ticket => new ReadRestartInput(ticket, target.UniverseId, restart.Id));
            if (read is { End: CallEnd.Done, Value: true })
            {
                break;
            }

            if (read.End is not CallEnd.Done)
            {
                return End(state, PartOutcome<bool?>.Of("the restart", read));
            }
        }

        var restarted = DeploymentRules.Say(state, context.Now(), $"Restarted {restart.Servers} servers with {restart.Players} players: {string.Join(", ", names)}.") with
        {
            Restarted = state.Restarted.Union(names),
        };
        if (isLast || state.GoingBack)
        {
            return restarted;
        }

        await context.Pause(BetweenWaves);
        return (await Judge(restarted, names)).State;
    }

    private async Task<DeploymentState> Watch(DeploymentState state)
    {
        await context.Pause(BetweenLooks);
        var (judged, isWell) = await Judge(state, [.. state.Published.Keys]);
        if (!isWell || context.Now() < state.Until)
        {
            return judged;
        }

        // A last look from within: do the places still load?
        return await Test(judged, Goal(judged), judged.Published, null, TestSeconds);
    }

    private async Task<(DeploymentState State, bool IsWell)> Judge(DeploymentState state, IReadOnlyList<string> names)
    {
        var looked = await Look(state, Goal(state), names.ToDictionary(name => name, name => state.Published[name]));
        if (looked.Failure is { } failure)
        {
            return (failure, false);
        }

        var seen = state with { Version = state.Version + 1, Health = state.Health.SetItems(looked.Samples) };
        var bad = looked.Samples.Select(sample => HealthRules.Verdict(start.Release!.Policy, sample.Key, state.Baseline.GetValueOrDefault(sample.Key), sample.Value)).OfType<string>().FirstOrDefault();
        return bad is null ? (seen, true) : (Failed(seen, bad), false);
    }

    private async Task<(IReadOnlyDictionary<string, HealthSample> Samples, DeploymentState? Failure)> Look(
        DeploymentState state, ReleaseTarget target, IReadOnlyDictionary<string, long> versions)
    {
        var places = versions.Keys.Order(StringComparer.Ordinal).ToList();
        var outcomes = await Task.WhenAll(places.Select(name => context.CallSubOrchestratorAsync<PartOutcome<HealthSample>>(
            nameof(ReadHealth), new ReadHealthInput(CallScene.Of(start, state), name, new(target.UniverseId, target.Places[name]), versions[name]))));
        var samples = places.Zip(outcomes).Where(result => result.Second.Value is not null).ToDictionary(result => result.First, result => result.Second.Value!);

        // What can't be read says nothing about health; only a lost fence ends the run.
        return (samples, Array.Exists(outcomes, outcome => outcome.Fenced) ? DeploymentRules.Superseded(state, context.Now()) : null);
    }

    private async Task<DeploymentState> Complete(DeploymentState state)
    {
        var done = await context.CallActivityAsync<bool>(nameof(CompleteRelease), new CompleteReleaseInput(start, state), Retry.Patient);
        return done ? Finished(state, $"Version {Version(state)} is complete.") : DeploymentRules.Superseded(state, context.Now());
    }

    private string Version(DeploymentState state) => state.GoingBack ? start.Goal!.Version : start.Release!.Version;

    private ReleaseTarget Goal(DeploymentState state) => state.GoingBack ? start.Goal!.Target : start.Release!.Target;

    private DeploymentState Finished(DeploymentState state, string message) => DeploymentRules.Finished(start, state, context.Now(), message);

    private DeploymentState Failed(DeploymentState state, string reason) => DeploymentRules.Failed(start, state, context.Now(), reason);

    /// <summary>The state when parts of a step have failed or were fenced.</summary>
    private DeploymentState End<T>(DeploymentState state, params IReadOnlyList<PartOutcome<T>> outcomes) =>
        outcomes.Any(outcome => outcome.Fenced) ? DeploymentRules.Superseded(state, context.Now())
        : outcomes.FirstOrDefault(outcome => outcome.Failure is not null)?.Failure is { } failure ? Failed(state, failure)
        : state;
}
