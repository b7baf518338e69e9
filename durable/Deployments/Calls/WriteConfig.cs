using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A configuration to write.</summary>
public sealed record WriteConfigInput(CallTicket Ticket, long UniverseId, string Json);

/// <summary>Writes the data-store entry that holds an experience's configuration; doing so twice changes nothing.</summary>
public sealed class WriteConfig(RobloxCalls calls, IOpenCloud roblox)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(WriteConfig))]
    public Task<CallOutcome<bool>> Run([ActivityTrigger] WriteConfigInput input, CancellationToken ct) =>
        calls.Make(input.Ticket, changes: true, key => roblox.WriteEntry(key, input.UniverseId, Store, Entry, input.Json, ct), ct);

    /// <summary>The data store.</summary>
    public const string Store = "toolbox";

    /// <summary>The entry.</summary>
    public const string Entry = "config";
}
