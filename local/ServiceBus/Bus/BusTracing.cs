using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Trace activities under the names of the original's sources, and the trace context that travels in a message's
/// properties <c>Diagnostic-Id</c>, <c>traceparent</c> and <c>tracestate</c>.
/// </summary>
internal static class BusTracing
{
    private const string DiagnosticId = "Diagnostic-Id";
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    private static readonly ConcurrentDictionary<string, ActivitySource> Sources = new();

    /// <summary>Starts an activity such as <c>ServiceBusSender.Send</c>; null when nobody listens.</summary>
    public static Activity? Start(
        string type, string operation, string entityPath, ActivityKind kind = ActivityKind.Client, IEnumerable<ServiceBusReceivedMessage>? links = null)
    {
        var source = Source(type);
        if (!source.HasListeners())
        {
            return null;
        }

        var activity = source.StartActivity(
            $"{type}.{operation}", kind, default(ActivityContext), links: links?.Select(ContextOf).OfType<ActivityContext>().Select(c => new ActivityLink(c)));
        activity?.SetTag("az.namespace", "Microsoft.ServiceBus");
        activity?.SetTag("messaging.system", "servicebus");
        activity?.SetTag("messaging.destination.name", entityPath);
        activity?.SetTag("messaging.operation", operation.ToLowerInvariant());
        return activity;
    }

    /// <summary>Starts the activity of a message's handling: a child of what sent it.</summary>
    public static Activity? StartProcessing(string type, string operation, string entityPath, ServiceBusReceivedMessage message)
    {
        var source = Source(type);
        var activity = source.HasListeners()
            ? source.StartActivity($"{type}.{operation}", ActivityKind.Consumer, ContextOf(message) ?? default)
            : null;
        activity?.SetTag("az.namespace", "Microsoft.ServiceBus");
        activity?.SetTag("messaging.system", "servicebus");
        activity?.SetTag("messaging.destination.name", entityPath);
        activity?.SetTag("messaging.message.id", message.MessageId);
        return activity;
    }

    /// <summary>Writes the current trace context on a message that has none.</summary>
    public static void Stamp(ServiceBusMessage message)
    {
        var properties = message.ApplicationProperties;
        if (properties.ContainsKey(DiagnosticId) || properties.ContainsKey(TraceParent))
        {
            return;
        }

        using var activity = Source("Message").StartActivity("Message", ActivityKind.Producer);
        var current = activity ?? Activity.Current;
        if (current is not { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            return;
        }

        properties[DiagnosticId] = id;
        properties[TraceParent] = id;
        if (current.TraceStateString is { Length: > 0 } state)
        {
            properties[TraceState] = state;
        }
    }

    private static ActivityContext? ContextOf(ServiceBusReceivedMessage message)
    {
        var properties = message.ApplicationProperties;
        var parent = properties.GetValueOrDefault(TraceParent) as string ?? properties.GetValueOrDefault(DiagnosticId) as string;
        return ActivityContext.TryParse(parent, properties.GetValueOrDefault(TraceState) as string, isRemote: true, out var context) ? context : null;
    }

    private static ActivitySource Source(string type) => Sources.GetOrAdd(type, static name => new ActivitySource("Azure.Messaging.ServiceBus." + name));
}
