using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A place, and the bytes that are to be its newest version.</summary>
public sealed record PublishPlaceInput(CallScene Scene, string Name, PlaceRef Place, string Sha256);

/// <summary>Publishes a place; the version that it has then. A lost answer is looked up in the place's history.</summary>
public static class PublishPlace
{
    private const int MostRepeats = 20;
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(5);

    [Function(nameof(PublishPlace))]
    public static async Task<PartOutcome<long?>> Run([OrchestrationTrigger] TaskOrchestrationContext context, PublishPlaceInput input)
    {
        var orphans = new List<string>();
        var history = await History(context, input);
        if (history.Value is not { } known)
        {
            return PartOutcome<long?>.Of(input.Name, history);
        }

        var newest = known.Select(version => version.Version).DefaultIfEmpty().Max();
        for (var repeat = 0; repeat < MostRepeats; repeat++)
        {
            var call = await context.CallRoblox<long>(
                input.Scene, RobloxEndpoint.PublishPlace, nameof(PublishVersion), ticket => new PublishVersionInput(ticket, input.Place, input.Sha256));
            if (call.End == CallEnd.Done)
            {
                return PartOutcome<long?>.Done(call.Value, orphans);
            }

            if (call.End != CallEnd.Unclear)
            {
                return PartOutcome<long?>.Of(input.Name, call, orphans);
            }

            await context.Pause(SettleTime);
            history = await History(context, input);
            if (history.Value is not { } now)
            {
                return PartOutcome<long?>.Of(input.Name, history, orphans);
            }

            var (ours, others) = LostAnswerRules.OfPublication(newest, input.Scene.Owner, now);
            if (ours is not null)
            {
                return PartOutcome<long?>.Done(ours, orphans);
            }

            orphans.AddRange(others.Select(version => $"version {version} of {input.Name}"));
            newest = now.Select(version => version.Version).Append(newest).Max();
        }

        return PartOutcome<long?>.Failed($"{input.Name}: the answer to publishing was lost {MostRepeats} times.", orphans);
    }

    private static Task<CallOutcome<IReadOnlyList<PlaceVersionReading>>> History(TaskOrchestrationContext context, PublishPlaceInput input) =>
        context.CallRoblox<IReadOnlyList<PlaceVersionReading>>(
            input.Scene, RobloxEndpoint.ReadHistory, nameof(ReadHistory), ticket => new ReadHistoryInput(ticket, input.Place));
}
