using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>An asset to bring to Roblox, and how far it is.</summary>
public sealed record UploadAssetInput(CallScene Scene, ReleaseAsset Asset, AssetProgress? Progress);

/// <summary>Uploads one asset and waits until moderation has spoken. A paid one is never uploaded twice without a person's yes.</summary>
public static class UploadAsset
{
    private const int MostRepeats = 10;
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(10);

    [Function(nameof(UploadAsset))]
    public static async Task<PartOutcome<AssetProgress>> Run([OrchestrationTrigger] TaskOrchestrationContext context, UploadAssetInput input)
    {
        var orphans = new List<string>();
        if (input.Progress?.AssetId is { } known)
        {
            return await Moderated(context, input, known, null, orphans);
        }

        var begun = await Begin(context, input, orphans);
        if (begun.Value is not { } operationId)
        {
            return begun is { Fenced: false, Failure: null }
                ? PartOutcome<AssetProgress>.Done(new(null, null, Ready: false, NeedsDecision: true), orphans)
                : new(null, begun.Failure, begun.Fenced, orphans);
        }

        var finished = await Operations.Finish(context, input.Scene, operationId, input.Asset.Spec.Name);
        return finished.Value is { } made
            ? await Moderated(context, input, made.AssetId, made, orphans)
            : new(null, finished.Failure, finished.Fenced, orphans);
    }

    private static async Task<PartOutcome<AssetProgress>> Moderated(
        TaskOrchestrationContext context, UploadAssetInput input, long assetId, AssetReading? reading, IReadOnlyList<string> orphans)
    {
        var (scene, asset) = (input.Scene, input.Asset);
        var approved = await Reviews.Approved(context, scene, asset.Spec.Name, assetId, reading, Reviews.Longest);
        if (approved.Value is not { } ready)
        {
            // It is there whatever moderation says: another try asks after it again rather than upload it twice.
            return new(new(assetId, null, Ready: false), approved.Failure, approved.Fenced, orphans);
        }

        var upload = new CachedAsset(scene.Owner.ToString(), asset.Spec.Type, asset.Sha256, assetId, ready.Revision);
        await context.CallActivityAsync(nameof(RememberUpload), new RememberUploadInput(scene.Tenant, upload), Retry.Patient);
        return PartOutcome<AssetProgress>.Done(new(assetId, ready.Revision, Ready: true), orphans);
    }

    /// <summary>Begins the upload; without id, failure and fence a person must say what became of it.</summary>
    private static async Task<PartOutcome<string>> Begin(TaskOrchestrationContext context, UploadAssetInput input, List<string> orphans)
    {
        var (scene, asset) = (input.Scene, input.Asset);
        var onlyBy = asset.Spec.Price > 0 && input.Progress is not { MayRepeat: true } ? context.InstanceId : null;
        for (var repeat = 0; repeat < MostRepeats; repeat++)
        {
            var before = await Quotas(context, input);
            var created = await context.CallRoblox<OperationReading>(scene, RobloxEndpoint.CreateAsset, nameof(CreateAsset), ticket => new CreateAssetInput(ticket, asset, scene.Owner, onlyBy));
            if (created.End == CallEnd.Done)
            {
                return PartOutcome<string>.Done(created.Value!.Id);
            }

            if (created.End == CallEnd.BegunBefore)
            {
                return new(null, null, false, []);
            }

            if (created.End != CallEnd.Unclear)
            {
                return PartOutcome<string>.Of(asset.Spec.Name, created);
            }

            await context.Pause(SettleTime);
            switch (LostAnswerRules.OfUpload(asset.Spec.Price, asset.Spec.Type, before, await Quotas(context, input)))
            {
                case LostAnswer.AskPerson:
                    return new(null, null, false, []);
                case LostAnswer.RepeatFree:
                    orphans.Add($"a free upload of {asset.Spec.Name} whose answer was lost");
                    break;
            }
        }

        return PartOutcome<string>.Failed($"{asset.Spec.Name}: the answer to the upload was lost {MostRepeats} times.");
    }

    /// <summary>Only what costs is counted, and only users have quotas; null when nothing is known.</summary>
    private static async Task<IReadOnlyList<QuotaReading>?> Quotas(TaskOrchestrationContext context, UploadAssetInput input) =>
        input.Asset.Spec.Price == 0 || input.Scene.Owner.Kind != OwnerKind.User ? null : (await context.CallRoblox<IReadOnlyList<QuotaReading>>(
            input.Scene, RobloxEndpoint.ReadQuotas, nameof(ReadQuotas), ticket => new ReadQuotasInput(ticket, input.Scene.Owner.Id))).Value;
}
