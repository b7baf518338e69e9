using System.Diagnostics.Metrics;

namespace ToolboxAI.Shared.Billing;

/// <summary>What billing counts.</summary>
internal static class BillingMetrics
{
    private static readonly Meter Meter = new("ToolboxAI.Billing");
    private static readonly Counter<long> Received = Meter.CreateCounter<long>("toolbox.stripe.events.received", "{event}", "Events taken in, by type and outcome.");
    private static readonly Counter<long> Applied = Meter.CreateCounter<long>("toolbox.stripe.events.applied", "{event}", "Queued events, by type and what became of them.");

    public static void EventReceived(string type, string outcome) => Received.Add(1, new("type", Known(type)), new("outcome", outcome));

    public static void EventApplied(string type, string outcome) => Applied.Add(1, new("type", Known(type)), new("outcome", outcome));

    /// <summary>Types come from outside: only those that matter here may become a series of their own.</summary>
    private static string Known(string type) => StripeEvents.StripeEventRules.ObjectOf(type) is null ? "other" : type;
}
