using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Durable.Deployments.Calls;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments;

/// <summary>A version to test: by a script, or by the look that changes nothing.</summary>
public sealed record TestPlaceInput(CallScene Scene, string Name, PlaceRef Place, long Version, string? ScriptSha256, int TimeoutSeconds);

/// <summary>Runs a script on a version of a place and judges what it returns.</summary>
public static class TestPlace
{
    private const int MostRepeats = 10;
    private static readonly TimeSpan NotYetNewest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QueueTime = TimeSpan.FromMinutes(10);

    [Function(nameof(TestPlace))]
    public static async Task<PartOutcome<string>> Run([OrchestrationTrigger] TaskOrchestrationContext context, TestPlaceInput input)
    {
        // Roblox allows eight times as many tasks on the newest version as on a named one: the look, on which rollbacks wait, takes that way.
        var named = input.ScriptSha256 is not null;
        for (var repeat = 0; repeat < MostRepeats; repeat++)
        {
            var begun = await context.CallRoblox<LuauTaskReading>(
                input.Scene,
                named ? RobloxEndpoint.RunLuau : RobloxEndpoint.RunNewestLuau,
                nameof(RunTest),
                ticket => new RunTestInput(ticket, input.Place, named ? input.Version : null, input.ScriptSha256, input.TimeoutSeconds));
            if (begun.End is CallEnd.Unclear)
            {
                continue;                       // a task that ran unseen has tested for nobody
            }

            if (begun.Value is not { } task)
            {
                return PartOutcome<string>.Of(input.Name, begun);
            }

            if (task.Version is { } ran && ran != input.Version)
            {
                named = ran > input.Version;            // somebody's from Studio; an older one is newest only for a moment yet
                await context.Pause(NotYetNewest);
                continue;
            }

            if (await Finish(context, input, task.Path) is { } ended)
            {
                return ended;
            }
        }

        return PartOutcome<string>.Failed($"{input.Name}: no test task came to an end.");
    }

    private static async Task<PartOutcome<string>?> Finish(TaskOrchestrationContext context, TestPlaceInput input, string path)
    {
        var until = context.CurrentUtcDateTime + TimeSpan.FromSeconds(input.TimeoutSeconds) + QueueTime;
        for (var pause = TimeSpan.FromSeconds(3); context.CurrentUtcDateTime < until; pause = pause + pause < LongestPause ? pause + pause : LongestPause)
        {
            await context.Pause(pause);
            var read = await context.CallRoblox<LuauTaskReading>(input.Scene, RobloxEndpoint.ReadLuau, nameof(ReadTest), ticket => new ReadTestInput(ticket, path));
            switch (read.Value)
            {
                case null:
                    return PartOutcome<string>.Of(input.Name, read);
                case { State: LuauTaskState.Failed } failed:
                    return PartOutcome<string>.Failed($"{input.Name}: the test failed: {failed.Error}");
                case { State: LuauTaskState.Complete } complete:
                    return TestRules.Failure(complete.Results) is { } why ? PartOutcome<string>.Failed($"{input.Name}: {why}") : PartOutcome<string>.Done("passed");
            }
        }

        return null;
    }
}
