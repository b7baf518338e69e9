using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Deployments.Content;
using ToolboxAI.Shared.Deployments.Runs;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Durable.Deployments.Calls;

/// <summary>A place and the bytes to publish.</summary>
public sealed record PublishVersionInput(CallTicket Ticket, PlaceRef Place, string Sha256);

/// <summary>Publishes a place file.</summary>
public sealed class PublishVersion(RobloxCalls calls, IOpenCloud roblox, IContentStore content)
{
    /// <summary>Makes the call, once for its permit.</summary>
    [Function(nameof(PublishVersion))]
    public async Task<CallOutcome<long>> Run([ActivityTrigger] PublishVersionInput input, CancellationToken ct)
    {
        var bytes = await content.Read(input.Ticket.Tenant, input.Sha256, ct);
        return await calls.Make(input.Ticket, changes: true, key => roblox.PublishPlace(key, input.Place, bytes, ct), ct);
    }
}
