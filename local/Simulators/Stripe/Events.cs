using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>What happened. <c>delivery_success=false</c> finds the events that no application took, or not yet.</summary>
internal static class Events
{
    private const string Kind = "event";
    private const string Undelivered = "EXISTS (SELECT FROM simulators.deliveries d WHERE d.event_id = stripe_objects.id)";

    public static void Map(StripeRoutes routes)
    {
        routes.Get("/v1/events", ListAsync);
        routes.Get("/v1/events/{id}", call => call.Store.GetAsync(Kind, call.Id));
    }

    private static Task<JsonObject> ListAsync(StripeCall call)
    {
        var form = call.Form.Accept("type", "types", "created", "delivery_success", "limit", "starting_after", "ending_before");
        var with = form.Filter("type");
        IReadOnlyList<JsonObject>? any = form.Texts("types") is { Count: > 0 } types ? types.Select(t => new JsonObject { ["type"] = t }).ToList() : null;
        var condition = form.Flag("delivery_success") switch
        {
            true => $"AND NOT {Undelivered}",
            false => $"AND {Undelivered}",
            null => "",
        };
        return call.Store.PageAsync("/v1/events", Kind, form, with, any, condition);
    }
}
