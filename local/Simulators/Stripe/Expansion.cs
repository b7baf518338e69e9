using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Answers references as whole objects where <c>expand[]</c> asks for it, and what is only there when asked for.</summary>
internal static class Expansion
{
    private const int DeepestLevel = 4;

    public static async Task<JsonObject> ExpandAsync(StripeCall call, JsonObject answer)
    {
        var shown = StripeJson.Public(answer);
        foreach (var path in call.Form.Texts("expand"))
        {
            var steps = path.Split('.');
            if (steps.Length > DeepestLevel + (shown.Text("object") == "list" ? 1 : 0))
            {
                throw StripeRefusal.Invalid($"You cannot expand more than {DeepestLevel} levels of a property. Property: {path}", "expand");
            }

            await ExpandAsync(call, shown, steps, path);
        }

        return shown;
    }

    private static async Task ExpandAsync(StripeWork work, JsonObject target, ReadOnlyMemory<string> steps, string path)
    {
        var name = steps.Span[0];
        if (!target.ContainsKey(name) && await IncludedAsync(work, target, name) is { } included)
        {
            target[name] = included;
        }

        if (!target.ContainsKey(name))
        {
            throw StripeRefusal.Invalid($"This property cannot be expanded ({path}).", "expand");
        }

        if (target[name] is JsonValue value && value.TryGetValue<string>(out var id))
        {
            var found = await work.Store.FindAsync(id) ?? throw StripeRefusal.Invalid($"This property cannot be expanded ({path}).", "expand");
            target[name] = found.Flag("deleted")
                ? new JsonObject { ["id"] = id, ["object"] = found.Text("object"), ["deleted"] = true }
                : StripeJson.Public(found);
        }

        if (steps.Length == 1)
        {
            return;
        }

        foreach (var next in target[name] switch
        {
            JsonObject one => [one],
            JsonArray many => many.OfType<JsonObject>(),
            _ => [],
        })
        {
            await ExpandAsync(work, next, steps[1..], path);
        }
    }

    /// <summary>Members that an object has only when they are asked for.</summary>
    private static async Task<JsonObject?> IncludedAsync(StripeWork work, JsonObject target, string name)
    {
        switch (target.Text("object"), name)
        {
            case ("invoice", "payments"):
                var payments = await work.Store.AllAsync("invoice_payment", new() { ["invoice"] = target.Id() });
                return StripeJson.List($"/v1/invoice_payments?invoice={target.Id()}", payments.Select(StripeJson.Public));
            case ("invoice", "confirmation_secret"):
                return await Invoices.IntentAsync(work, target) is { } intent
                    ? new() { ["client_secret"] = intent.Text("client_secret"), ["type"] = "payment_intent" }
                    : null;
            case ("customer", "subscriptions"):
                var subscriptions = await work.Store.AllAsync("subscription", new() { ["customer"] = target.Id() });
                return StripeJson.List(
                    $"/v1/customers/{target.Id()}/subscriptions", subscriptions.Where(s => !Subscriptions.IsOver(s)).Select(StripeJson.Public));
            case ("charge", "refunds"):
                var refunds = await work.Store.AllAsync("refund", new() { ["charge"] = target.Id() });
                return StripeJson.List($"/v1/charges/{target.Id()}/refunds", refunds.Select(StripeJson.Public));
            default:
                return null;
        }
    }
}
