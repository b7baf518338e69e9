using System.Text.Json;
using System.Text.Json.Nodes;
using DurableTask.Core.Exceptions;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Hosting;
using ToolboxAI.Local.DurableTask.Stores;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

internal sealed partial class ManagementEndpoints
{
    private async Task StatusAsync(HttpContext http, Hub hub, HubClient client)
    {
        if (await FindAsync(http, hub).ConfigureAwait(false) is not { } instance)
        {
            return;
        }

        var history = Flag(http, "showHistory", false)
            ? await client.GetOrchestrationHistoryAsync(instance.Id, http.RequestAborted).ConfigureAwait(false)
            : null;
        var status = StatusCodes.Status200OK;
        if (IsGoing(instance))
        {
            status = StatusCodes.Status202Accepted;
            http.Response.Headers.Location =
                $"{Base(http)}/instances/{Uri.EscapeDataString(instance.Id)}?{await QueryAsync(hub, http.RequestAborted).ConfigureAwait(false)}";
            http.Response.Headers.RetryAfter = "5";
        }
        else if (instance.Status == OrchestrationRuntimeStatus.Failed && Flag(http, "returnInternalServerErrorOnFailure", false))
        {
            status = StatusCodes.Status500InternalServerError;
        }

        var body = ManagementJson.Of(instance, Flag(http, "showInput", true), history, Flag(http, "showHistoryOutput", false));
        await Answer(http, status, body).ConfigureAwait(false);
    }

    private async Task ListAsync(HttpContext http, Hub hub, HubClient client)
    {
        var limit = int.TryParse(http.Request.Query["top"].FirstOrDefault(), out var top) && top > 0 ? top : 100;
        var token = http.Request.Headers["x-ms-continuation-token"].FirstOrDefault();
        var found = await hub.Store.QueryAsync(
            new InstanceQuery
            {
                CreatedFrom = Time(http, "createdTimeFrom"),
                CreatedTo = Time(http, "createdTimeTo"),
                Statuses = Statuses(http),
                IdPrefix = http.Request.Query["instanceIdPrefix"].FirstOrDefault(),
                AfterKey = long.TryParse(token, out var key) ? key : 0,
                Limit = limit,
            },
            http.RequestAborted).ConfigureAwait(false);
        if (found.Count == limit)
        {
            http.Response.Headers["x-ms-continuation-token"] = found[^1].Key.ToString();
        }

        var showInput = Flag(http, "showInput", true);
        await Answer(http, StatusCodes.Status200OK, new JsonArray([.. found.Select(instance => ManagementJson.Of(instance, showInput, null, false))]))
            .ConfigureAwait(false);
    }

    private async Task StartAsync(HttpContext http, Hub hub, HubClient client)
    {
        var (isJson, body) = await ReadBodyAsync(http).ConfigureAwait(false);
        if (!isJson)
        {
            await Refuse(http, StatusCodes.Status400BadRequest, "Invalid JSON content").ConfigureAwait(false);
            return;
        }

        string id;
        try
        {
            var options = new StartOrchestrationOptions(http.Request.RouteValues["id"] as string);
            id = await client.StartSerializedAsync((string)http.Request.RouteValues["name"]!, body, options, http.RequestAborted).ConfigureAwait(false);
        }
        catch (OrchestrationAlreadyExistsException e)
        {
            await Refuse(http, StatusCodes.Status409Conflict, e.Message).ConfigureAwait(false);
            return;
        }

        if (double.TryParse(http.Request.Query["timeout"].FirstOrDefault(), out var seconds)
            && await EndOfAsync(client, id, TimeSpan.FromSeconds(seconds), http.RequestAborted).ConfigureAwait(false) is { } end)
        {
            await Answer(http, StatusCodes.Status200OK, ManagementJson.Value(end.SerializedOutput) ?? new JsonObject()).ConfigureAwait(false);
            return;
        }

        await AnswerStartedAsync(http, hub, id).ConfigureAwait(false);
    }

    private static async Task<OrchestrationMetadata?> EndOfAsync(HubClient client, string id, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            return await client.WaitForInstanceCompletionAsync(id, true, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task AnswerStartedAsync(HttpContext http, Hub hub, string id)
    {
        var payload = HttpManagementPayload.Of(Base(http), id, await QueryAsync(hub, http.RequestAborted).ConfigureAwait(false), "{text}");
        http.Response.Headers.Location = payload.StatusQueryGetUri;
        http.Response.Headers.RetryAfter = "10";
        await Answer(http, StatusCodes.Status202Accepted, JsonSerializer.SerializeToNode(payload, JsonSerializerOptions.Web)).ConfigureAwait(false);
    }

    private static async Task RaiseAsync(HttpContext http, Hub hub, HubClient client)
    {
        if (!http.Request.HasJsonContentType())
        {
            await Refuse(http, StatusCodes.Status400BadRequest, "Only application/json request content is supported").ConfigureAwait(false);
            return;
        }

        var (isJson, body) = await ReadBodyAsync(http).ConfigureAwait(false);
        if (!isJson)
        {
            await Refuse(http, StatusCodes.Status400BadRequest, "Invalid JSON content").ConfigureAwait(false);
            return;
        }

        if (await FindGoingAsync(http, hub).ConfigureAwait(false) is { } instance)
        {
            await client.RaiseSerializedAsync(instance.Id, (string)http.Request.RouteValues["event"]!, body, http.RequestAborted).ConfigureAwait(false);
            await Answer(http, StatusCodes.Status202Accepted).ConfigureAwait(false);
        }
    }

    private static Func<HttpContext, Hub, HubClient, Task> Steer(Func<HubClient, string, string?, CancellationToken, Task> act) =>
        async (http, hub, client) =>
        {
            if (await FindGoingAsync(http, hub).ConfigureAwait(false) is { } instance)
            {
                await act(client, instance.Id, http.Request.Query["reason"].FirstOrDefault(), http.RequestAborted).ConfigureAwait(false);
                await Answer(http, StatusCodes.Status202Accepted).ConfigureAwait(false);
            }
        };

    private static async Task RewindAsync(HttpContext http, Hub hub, HubClient client)
    {
        if (await FindAsync(http, hub).ConfigureAwait(false) is not { } instance)
        {
            return;
        }

        if (instance.Status != OrchestrationRuntimeStatus.Failed)
        {
            await Answer(http, StatusCodes.Status412PreconditionFailed).ConfigureAwait(false);
            return;
        }

        await client.RewindInstanceAsync(instance.Id, http.Request.Query["reason"].FirstOrDefault() ?? string.Empty, http.RequestAborted).ConfigureAwait(false);
        await Answer(http, StatusCodes.Status202Accepted).ConfigureAwait(false);
    }

    private async Task RestartAsync(HttpContext http, Hub hub, HubClient client)
    {
        if (await FindAsync(http, hub).ConfigureAwait(false) is not { } instance)
        {
            return;
        }

        try
        {
            var id = await client.RestartAsync(instance.Id, Flag(http, "restartWithNewInstanceId", true), http.RequestAborted).ConfigureAwait(false);
            await AnswerStartedAsync(http, hub, id).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            await Refuse(http, StatusCodes.Status409Conflict, Refusal.Message(instance.Status)).ConfigureAwait(false);
        }
    }

    private static async Task PurgeAsync(HttpContext http, Hub hub, HubClient client)
    {
        if (await FindAsync(http, hub).ConfigureAwait(false) is not { } instance)
        {
            return;
        }

        var purged = (await client.PurgeInstanceAsync(instance.Id, null, http.RequestAborted).ConfigureAwait(false)).PurgedInstanceCount;
        await (purged == 0
            ? Answer(http, StatusCodes.Status412PreconditionFailed)
            : Answer(http, StatusCodes.Status200OK, new JsonObject { ["instancesDeleted"] = purged })).ConfigureAwait(false);
    }

    private static async Task PurgeManyAsync(HttpContext http, Hub hub, HubClient client)
    {
        // As with the original: an id that was left out of the address, or a time that can't be read, must not delete everything.
        if (Time(http, "createdTimeFrom") is not { } from || IsUnreadable("createdTimeTo", Time(http, "createdTimeTo")) || IsUnreadable("runtimeStatus", Statuses(http)))
        {
            await Answer(http, StatusCodes.Status400BadRequest, new JsonObject { ["message"] = "Please provide a value for 'createdTimeFrom', and readable ones for the other parameters." }).ConfigureAwait(false);
            return;
        }

        var filter = new PurgeInstancesFilter(from, Time(http, "createdTimeTo"), Statuses(http));
        var purged = (await client.PurgeAllInstancesAsync(filter, null, http.RequestAborted).ConfigureAwait(false)).PurgedInstanceCount;
        await (purged == 0
            ? Answer(http, StatusCodes.Status404NotFound)
            : Answer(http, StatusCodes.Status200OK, new JsonObject { ["instancesDeleted"] = purged })).ConfigureAwait(false);

        bool IsUnreadable(string name, object? read) => read is null && http.Request.Query[name].Any(text => !string.IsNullOrEmpty(text));
    }

    private static async Task<Instance?> FindAsync(HttpContext http, Hub hub)
    {
        var instance = await hub.Store.FindAsync(Id(http), http.RequestAborted).ConfigureAwait(false);
        if (instance is null)
        {
            await Answer(http, StatusCodes.Status404NotFound).ConfigureAwait(false);
        }

        return instance;
    }

    private static async Task<Instance?> FindGoingAsync(HttpContext http, Hub hub)
    {
        if (await FindAsync(http, hub).ConfigureAwait(false) is not { } instance)
        {
            return null;
        }

        if (IsGoing(instance))
        {
            return instance;
        }

        await Answer(http, StatusCodes.Status410Gone).ConfigureAwait(false);
        return null;
    }
}
