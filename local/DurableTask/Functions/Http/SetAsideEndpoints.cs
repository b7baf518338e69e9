using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ToolboxAI.Local.Functions;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>
/// Work that was set aside, for an operator with the master key: <c>GET /admin/durable/set-aside</c> lists it with the reasons,
/// <c>POST /admin/durable/set-aside/{instanceId}/release</c> lets an instance's be tried again. The original has no such endpoints.
/// </summary>
internal sealed class SetAsideEndpoints(FunctionsHub hubs, HostKeys keys) : ILocalEndpoints
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/admin/durable/set-aside").AddEndpointFilter(new MasterKeyFilter(keys));
        group.MapGet("", ListAsync);
        group.MapPost("/{instanceId}/release", ReleaseAsync);
    }

    private async Task<IResult> ListAsync(CancellationToken cancellationToken)
    {
        var hub = await hubs.OpenAsync().ConfigureAwait(false);
        return Results.Json(await hub.Store.ListSetAsideAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<IResult> ReleaseAsync(string instanceId, CancellationToken cancellationToken)
    {
        var hub = await hubs.OpenAsync().ConfigureAwait(false);
        var released = await hub.Store.ReleaseSetAsideAsync(instanceId, cancellationToken).ConfigureAwait(false);
        hub.Wake();
        return released == 0 ? Results.NotFound() : Results.Json(new { released });
    }
}
