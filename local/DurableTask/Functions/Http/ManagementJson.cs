using System.Text.Json;
using System.Text.Json.Nodes;
using DurableTask.Core.History;
using ToolboxAI.Local.DurableTask.Stores;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>Instances as the management API shows them.</summary>
internal static class ManagementJson
{
    public static JsonObject Of(Instance instance, bool showInput, IList<HistoryEvent>? history, bool showOutputs)
    {
        var json = new JsonObject
        {
            ["name"] = instance.Name,
            ["instanceId"] = instance.Id,
            ["runtimeStatus"] = instance.Status.ToString(),
            ["input"] = showInput ? Value(instance.Input) : null,
            ["customStatus"] = Value(instance.CustomStatus),
            ["output"] = instance.Output is null && instance.Failure is { } failure ? $"{failure.Type}: {failure.Message}" : Value(instance.Output),
            ["createdTime"] = Time(instance.CreatedAt.UtcDateTime),
            ["lastUpdatedTime"] = Time(instance.UpdatedAt.UtcDateTime),
        };
        if (history is not null)
        {
            json["historyEvents"] = History(history, showOutputs);
        }

        return json;
    }

    /// <summary>A payload as the JSON that it is; as text when it is none.</summary>
    public static JsonNode? Value(string? payload)
    {
        if (payload is null)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(payload);
        }
        catch (JsonException)
        {
            return JsonValue.Create(payload);
        }
    }

    private static string Time(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ");

    /// <summary>What the original shows: starts and ends, not the requests between them.</summary>
    private static JsonArray History(IList<HistoryEvent> history, bool showOutputs)
    {
        var scheduled = history.Where(happened => happened.EventId >= 0).ToDictionary(happened => happened.EventId);
        var shown = new JsonArray();
        foreach (var happened in history)
        {
            if (Shown(happened, scheduled, showOutputs) is { } item)
            {
                item["EventType"] = happened.EventType.ToString();
                item["Timestamp"] = happened.Timestamp.ToString("o");
                shown.Add(item);
            }
        }

        return shown;
    }

    private static JsonObject? Shown(HistoryEvent happened, Dictionary<int, HistoryEvent> scheduled, bool showOutputs) => happened switch
    {
        ExecutionStartedEvent e => new JsonObject { ["FunctionName"] = e.Name },
        ExecutionCompletedEvent e => new JsonObject
        {
            ["OrchestrationStatus"] = e.OrchestrationStatus.ToString(),
            ["Result"] = showOutputs ? Value(e.Result) : null,
        },
        ExecutionTerminatedEvent => [],
        TaskCompletedEvent e => Outcome(scheduled.GetValueOrDefault(e.TaskScheduledId), showOutputs ? Value(e.Result) : null),
        TaskFailedEvent e => Outcome(scheduled.GetValueOrDefault(e.TaskScheduledId), JsonValue.Create(e.Reason)),
        SubOrchestrationInstanceCompletedEvent e => Outcome(scheduled.GetValueOrDefault(e.TaskScheduledId), showOutputs ? Value(e.Result) : null),
        SubOrchestrationInstanceFailedEvent e => Outcome(scheduled.GetValueOrDefault(e.TaskScheduledId), JsonValue.Create(e.Reason)),
        TimerFiredEvent e => new JsonObject { ["FireAt"] = e.FireAt.ToString("o") },
        EventRaisedEvent e => new JsonObject { ["Name"] = e.Name, ["Input"] = Value(e.Input) },
        _ => null,
    };

    private static JsonObject Outcome(HistoryEvent? call, JsonNode? result) => new()
    {
        ["FunctionName"] = (call as TaskScheduledEvent)?.Name ?? (call as SubOrchestrationInstanceCreatedEvent)?.Name,
        ["ScheduledTime"] = call?.Timestamp.ToString("o"),
        ["Result"] = result,
    };
}
