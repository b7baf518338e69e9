using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A Model that changes in place: to a release's content, or back to a revision.</summary>
/// <param name="Scene">For whom.</param>
/// <param name="Name">Its name.</param>
/// <param name="Change">The release's asset; null to go back.</param>
/// <param name="Back">The asset as the earlier version had it; null to go forward.</param>
public sealed record SetModelInput(CallScene Scene, string Name, ReleaseAsset? Change, LiveAsset? Back);

/// <summary>Gives a Model its content; its new revision. A change made twice is the same change: what is unclear is made again.</summary>
public static class SetModel
{
    private const int MostRepeats = 10;

    // Production stands between two versions meanwhile, so a run goes back rather than wait for days, as a new asset's upload may.
    private static readonly TimeSpan ReviewPatience = TimeSpan.FromMinutes(30);

    [Function(nameof(SetModel))]
    public static async Task<PartOutcome<AssetProgress>> Run([OrchestrationTrigger] TaskOrchestrationContext context, SetModelInput input)
    {
        var orphans = new List<string>();
        for (var repeat = 0; repeat < MostRepeats; repeat++)
        {
            var (end, result) = input.Back is { } back ? await GoBack(context, input, back) : await GoForward(context, input, input.Change!);
            if (end != CallEnd.Unclear)
            {
                return result! with { Orphans = orphans };
            }

            orphans.Add($"a revision of {input.Name} whose answer was lost");
        }

        return PartOutcome<AssetProgress>.Failed($"{input.Name}: the answer to the change was lost {MostRepeats} times.", orphans);
    }

    private static async Task<(CallEnd, PartOutcome<AssetProgress>?)> GoBack(TaskOrchestrationContext context, SetModelInput input, LiveAsset back)
    {
        var call = await context.CallRoblox<long>(
            input.Scene, RobloxEndpoint.RollBackAsset, nameof(RollBackModel), ticket => new RollBackModelInput(ticket, back.AssetId, back.Revision));
        return (call.End, call.End == CallEnd.Done
            ? PartOutcome<AssetProgress>.Done(new(back.AssetId, call.Value, Ready: true))
            : PartOutcome<AssetProgress>.Of(input.Name, call));
    }

    private static async Task<(CallEnd, PartOutcome<AssetProgress>?)> GoForward(TaskOrchestrationContext context, SetModelInput input, ReleaseAsset asset)
    {
        var call = await context.CallRoblox<OperationReading>(
            input.Scene, RobloxEndpoint.UpdateAsset, nameof(ChangeModel), ticket => new ChangeModelInput(ticket, asset, input.Scene.Owner));
        if (call.End != CallEnd.Done)
        {
            return (call.End, PartOutcome<AssetProgress>.Of(input.Name, call));
        }

        var finished = await Operations.Finish(context, input.Scene, call.Value!.Id, input.Name);
        if (finished.Value is { } made)
        {
            finished = await Reviews.Approved(context, input.Scene, input.Name, made.AssetId, made, ReviewPatience);
        }

        return (CallEnd.Done, finished.Value is { } ready
            ? PartOutcome<AssetProgress>.Done(new(ready.AssetId, ready.Revision, Ready: true))
            : new(null, finished.Failure, finished.Fenced, []));
    }
}
