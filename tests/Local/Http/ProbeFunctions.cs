using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Functions.Http;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;

namespace ToolboxAI.Tests.Local.Http;

public sealed record Order(string Plan, int Count, DateTimeOffset? At = null);

public sealed record Placed(string Tenant, string Plan, int Run);

public sealed record NoStock() : ConflictRefusal("no_stock", "There is none left.");

public sealed class OutageException(GatewayFailure failure) : GatewayException(failure, "secret details");

/// <summary>What a test sees of the functions below.</summary>
public sealed class Probe
{
    private int runs;

    public int Runs => runs;

    public SemaphoreSlim Gate { get; } = new(0);

    public TaskCompletionSource Entered { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count() => Interlocked.Increment(ref runs);
}

/// <summary>Functions that show what the pipeline does to any function.</summary>
public sealed class ProbeFunctions(Probe probe, IUnitOfWorkFactory units, Outbox outbox, ILogger<ProbeFunctions> log)
{
    [Function("PlaceOrder"), Needs(Permission.BillingWrite)]
    public async Task<IResult> PlaceOrder([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders")] HttpRequest http, CancellationToken ct)
    {
        var order = await http.ReadBody<Order>(ct);
        var run = probe.Count();
        LogMessage(log, null);
        if (order.Plan == "none")
        {
            return new NoStock().ToProblem();
        }

        if (order.Plan == "bug")
        {
            throw new InvalidOperationException("secret details");
        }

        return order.Plan == "outage"
            ? throw new OutageException(GatewayFailure.Transient)
            : Results.Created($"/api/orders/{run}", new Placed(http.Tenant().Slug, order.Plan, run));
    }

    [Function("Scan"), Needs(Permission.ScriptsScan)]
    public static IResult Scan([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "scans")] HttpRequest http) => Results.Ok(http.Tenant().Slug);

    [Function("SlowOrder"), Needs(Permission.BillingWrite)]
    public async Task<IResult> SlowOrder([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "slow")] HttpRequest http, CancellationToken ct)
    {
        var run = probe.Count();
        probe.Entered.TrySetResult();
        await probe.Gate.WaitAsync(ct);
        return Results.Ok(new Placed(http.Tenant().Slug, "slow", run));
    }

    [Function("ListOrders"), Needs(Permission.BillingRead)]
    public static IResult ListOrders([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "orders/{name?}")] HttpRequest http)
    {
        var (after, limit) = http.ReadPage();
        return Results.Ok(Page.Of<int>([.. Enumerable.Range(int.Parse(after ?? "0") + 1, limit + 1)], limit, last => last.ToString()));
    }

    [Function("Operate"), Needs(Permission.Operate)]
    public static IResult Operate([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "operate")] HttpRequest http) => Results.Ok(http.Caller().Id);

    [Function("Open"), Anonymous("A probe.")]
    public async Task<IResult> Open([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "open")] HttpRequest http, CancellationToken ct)
    {
        LogMessage(log, null);
        await using var work = await units.Begin(ct);
        await outbox.Enqueue(work, "email", new Order("a", 1), ct);
        await work.Commit(ct);
        return Results.Ok();
    }

    [Function("Fail"), Anonymous("A probe.")]
    public static IResult Fail([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "fail/{how}")] HttpRequest http, string how) =>
        throw (Enum.TryParse<GatewayFailure>(how, out var failure) ? new OutageException(failure) : new InvalidOperationException("secret details"));

    [Function("Consume")]
    public async Task Consume([ServiceBusTrigger("probe", Connection = "PipelineBus")] string message, CancellationToken ct)
    {
        LogMessage(log, null);
        await using var work = await units.Begin(ct);
        await outbox.Enqueue(work, "email", message, ct);
        await work.Commit(ct);
    }

    [Function("NoPolicy")]
    public IResult NoPolicy([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "no-policy")] HttpRequest http) => Results.Ok(probe.Count());

    [Function("TwoPolicies"), Anonymous("A probe."), SignedWebhook("probe")]
    public IResult TwoPolicies([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "two-policies")] HttpRequest http) => Results.Ok(probe.Count());

    [Function("Webhook"), SignedWebhook("probe")]
    public static async Task<IResult> Webhook([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhook")] HttpRequest http, CancellationToken ct) =>
        Results.Ok((await http.ReadRawBody(1000, ct)).Length);

    private static readonly Action<ILogger, Exception?> LogMessage = LoggerMessage.Define(LogLevel.Information, new(1), "Probed");
}
