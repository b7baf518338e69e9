using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>Orchestrations that a step starts, as <c>durable.commit_step</c> reads them.</summary>
internal sealed partial class PostgresStore
{
    private static string StartsJson(IReadOnlyList<NewInstance> starts) =>
        starts.Count == 0 ? "[]" : JsonSerializer.Serialize([.. starts.Select(ToRow)], StartJson.Default.ListStartRow);

    private static StartRow ToRow(NewInstance start)
    {
        var started = start.Started;
        return new StartRow(
            start.Id,
            started.Name,
            started.Version,
            started.ExecutionId,
            started.Input,
            HistoryJson.Write(started.Tags),
            ParentJson(started.Parent),
            started.Parent?.InstanceId,
            start.StartAt?.UtcDateTime,
            HistoryJson.Write(started),
            started.Parent is null ? null : HistoryJson.Write(Refusal.Of(start, OrchestrationRuntimeStatus.Running)));
    }
}

internal sealed record StartRow(
    string Id,
    string Name,
    string? Version,
    string Execution,
    string? Input,
    string? Tags,
    string? Parent,
    string? ParentId,
    DateTime? StartAt,
    string Body,
    string? Refusal);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<StartRow>))]
internal sealed partial class StartJson : JsonSerializerContext;
