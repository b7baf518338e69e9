using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>An orchestration that a step starts, as <c>durable.commit_work</c> reads it.</summary>
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
    string? Refusal)
{
    public static string Write(NewInstance start)
    {
        var started = start.Started;
        var row = new StartRow(
            start.Id,
            started.Name,
            started.Version,
            started.ExecutionId,
            started.Input,
            HistoryJson.Write(started.Tags),
            started.Parent is null ? null : JsonSerializer.Serialize(started.Parent, HistoryJson.Default.ParentLink),
            started.Parent?.InstanceId,
            start.StartAt?.UtcDateTime,
            HistoryJson.Write(started),
            started.Parent is null ? null : HistoryJson.Write(Stores.Refusal.Of(start, OrchestrationRuntimeStatus.Running)));
        return JsonSerializer.Serialize(row, StartJson.Default.StartRow);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StartRow))]
internal sealed partial class StartJson : JsonSerializerContext;
