using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>One change of what Stripe knows, asked for by a request or done by itself when the clock gets there.</summary>
internal class StripeWork(SimulatorTransaction transaction, JsonObject? request, string? causedBy, CancellationToken cancellationToken)
{
    /// <summary>The release in whose form objects are answered and events are rendered.</summary>
    public const string ApiVersion = "2026-07-29.dahlia";

    public StripeStore Store { get; } = new(transaction, cancellationToken);

    /// <summary>The moment of the change in seconds since 1970.</summary>
    public long Now => transaction.Now.ToUnixTimeSeconds();

    /// <summary>The same moment as a time.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeSeconds(Now);

    public Task ScheduleAsync(string kind, string subject, DateTimeOffset due) => transaction.ScheduleAsync(kind, subject, due, cancellationToken);

    /// <summary>Undoes what was done since, when <paramref name="attempt"/> is refused.</summary>
    public async Task UndoableAsync(Func<Task> attempt)
    {
        await transaction.ExecuteAsync("SAVEPOINT attempt", cancellationToken);
        try
        {
            await attempt();
        }
        catch (StripeRefusal)
        {
            await transaction.ExecuteAsync("ROLLBACK TO SAVEPOINT attempt", cancellationToken);
            throw;
        }
    }

    public Task UnscheduleAsync(string kind, string subject) => transaction.UnscheduleAsync(kind, subject, cancellationToken);

    /// <summary>
    /// Tells what happened: the event joins <c>/v1/events</c> and is owed to the application. On an update,
    /// <paramref name="before"/> is the object as it was; an update that changed nothing is not told.
    /// </summary>
    public async Task EmitAsync(string type, JsonObject subject, JsonObject? before = null)
    {
        var data = new JsonObject { ["object"] = StripeJson.Public(subject) };
        if (before is not null)
        {
            if (Changed(StripeJson.Public(before), StripeJson.Public(subject)) is not { Count: > 0 } changed)
            {
                return;
            }

            data["previous_attributes"] = changed;
        }

        var told = new JsonObject
        {
            ["id"] = StripeJson.NewId("evt"),
            ["object"] = "event",
            ["api_version"] = ApiVersion,
            ["created"] = Now,
            ["data"] = data,
            ["livemode"] = false,
            ["pending_webhooks"] = 1,
            ["request"] = request?.DeepClone() ?? new JsonObject { ["id"] = null, ["idempotency_key"] = null },
            ["type"] = type,
        };
        await Store.SaveAsync(told);
        await OweAsync(told, type);
    }

    private async Task OweAsync(JsonObject told, string type)
    {
        var body = StripeServer.Render(told);
        var fault = await transaction.TakeEventFaultAsync(type, causedBy, cancellationToken);
        if (fault?.Kind == FaultKinds.DropEvent)
        {
            await transaction.DropAsync(told.Id(), body, cancellationToken);
            return;
        }

        var copies = fault?.Kind == FaultKinds.DuplicateEvent ? 1 + (fault.Value ?? 1) : 1;

        // A late event comes after those that follow it: by one turn more for each late one still to come, so that they change places.
        var due = fault?.Kind == FaultKinds.ReorderEvents
            ? transaction.Now + TimeSpan.FromSeconds((fault.Value ?? 1) * fault.Times)
            : transaction.Now;
        for (var copy = 0; copy < copies; copy++)
        {
            await transaction.DeliverAsync(told.Id(), body, due, cancellationToken);
        }
    }

    private static JsonObject Changed(JsonObject before, JsonObject after)
    {
        var changed = new JsonObject();
        foreach (var (name, value) in after)
        {
            if (!JsonNode.DeepEquals(before[name], value))
            {
                changed[name] = before[name]?.DeepClone();
            }
        }

        return changed;
    }
}

/// <summary>A request: what is asked, of which object.</summary>
internal sealed class StripeCall(
    SimulatorTransaction transaction, JsonObject request, string causedBy, Parameters form, string? id, CancellationToken cancellationToken)
    : StripeWork(transaction, request, causedBy, cancellationToken)
{
    public Parameters Form { get; } = form;

    /// <summary>The id in the path.</summary>
    public string Id { get; } = id ?? "";
}
