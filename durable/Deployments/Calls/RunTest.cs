using System.Text;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A script to run.</summary>
/// <param name="Ticket">The permit.</param>
/// <param name="Place">Where.</param>
/// <param name="Version">On this version; null is the newest.</param>
/// <param name="ScriptSha256">The script; null is the look that changes nothing.</param>
/// <param name="TimeoutSeconds">1 to 300.</param>
public sealed record RunTestInput(CallTicket Ticket, PlaceRef Place, long? Version, string? ScriptSha256, int TimeoutSeconds);

/// <summary>Begins a Luau task on a version of a place: a script of the content store, or the look that changes nothing.</summary>
public sealed class RunTest(RobloxCalls calls, IOpenCloud roblox, IContentStore content)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(RunTest))]
    public async Task<CallOutcome<LuauTaskReading>> Run([ActivityTrigger] RunTestInput input, CancellationToken ct)
    {
        var script = input.ScriptSha256 is { } sha256 ? Encoding.UTF8.GetString(await content.Read(input.Ticket.Tenant, sha256, ct)) : Look;
        return await calls.Make(input.Ticket, changes: true, key => roblox.RunLuau(key, input.Place, input.Version, script, TimeSpan.FromSeconds(input.TimeoutSeconds), ct), ct);
    }

    /// <summary>Loads the place and tells which it is. It calls no data store: it runs on production.</summary>
    private const string Look = "assert(#workspace:GetChildren() > 0, 'the workspace is empty') return {placeId = game.PlaceId, placeVersion = game.PlaceVersion}";
}
