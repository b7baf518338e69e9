using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Functions.Billing;

/// <summary>The tenant's dunning runs, and what a person may ask of them.</summary>
public sealed class DunningFunctions(Dunnings dunnings)
{
    private const string Route = "v1/billing/dunning";

    [Function("ListDunning"), Needs(Permission.BillingRead)]
    [Api("Dunning runs, the newest first"), Paged, Query("status", "Only runs in this status", Type = typeof(DunningStatus))]
    [Answers(200, typeof(Page<DunningView>))]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest http, CancellationToken ct)
    {
        var (after, limit) = http.ReadPage();
        var status = http.ReadChoice<DunningStatus>("status");
        return await dunnings.List(http.Tenant(), status, after, limit, ct) is { } page ? Results.Ok(page) : new InvalidCursor().ToProblem();
    }

    [Function("GetDunning"), Needs(Permission.BillingRead)]
    [Api("The dunning run of an invoice"), Answers(200, typeof(DunningView)), Refuses(404, "dunning_not_found")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/{invoiceId}")] HttpRequest http, string invoiceId, CancellationToken ct) =>
        await dunnings.Find(http.Tenant(), invoiceId, ct) is { } view ? Results.Ok(view) : new DunningNotFound().ToProblem();

    [Function("RetryDunningNow"), Needs(Permission.BillingWrite)]
    [Api("An extra try at once; it moves no date"), Answers(202, typeof(DunningView)), Refuses(404, "dunning_not_found"), Refuses(409, "dunning_ended")]
    public Task<IResult> RetryNow(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{invoiceId}/retry-now")] HttpRequest http,
        string invoiceId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct) => Command(http, invoiceId, SignalKind.RetryNow, durable, ct);

    [Function("PauseDunning"), Needs(Permission.BillingWrite)]
    [Api("Holds a run: no try, mail or ending"), Answers(202, typeof(DunningView)), Refuses(404, "dunning_not_found"), Refuses(409, "dunning_ended")]
    public Task<IResult> Pause(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{invoiceId}/pause")] HttpRequest http,
        string invoiceId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct) => Command(http, invoiceId, SignalKind.Pause, durable, ct);

    [Function("ResumeDunning"), Needs(Permission.BillingWrite)]
    [Api("Lets a held run go on"), Answers(202, typeof(DunningView)), Refuses(404, "dunning_not_found"), Refuses(409, "dunning_ended")]
    public Task<IResult> Resume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{invoiceId}/resume")] HttpRequest http,
        string invoiceId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct) => Command(http, invoiceId, SignalKind.Resume, durable, ct);

    [Function("StopDunning"), Needs(Permission.BillingWrite)]
    [Api("Ends a run; invoice and subscription stay as they are"), Answers(202, typeof(DunningView))]
    [Refuses(404, "dunning_not_found"), Refuses(409, "dunning_ended")]
    public Task<IResult> Stop(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route + "/{invoiceId}/stop")] HttpRequest http,
        string invoiceId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken ct) => Command(http, invoiceId, SignalKind.Stop, durable, ct);

    private async Task<IResult> Command(HttpRequest http, string invoiceId, SignalKind kind, DurableTaskClient durable, CancellationToken ct)
    {
        var command = await dunnings.Command(http.Tenant(), invoiceId, kind, ct);
        if (command.Refusal is { } refusal)
        {
            return refusal.ToProblem();
        }

        await durable.Send([command.Call!], ct);
        return Results.Accepted($"/api/{Route}/{invoiceId}", await dunnings.After(command, ct));
    }
}
