using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>What a parent hears when its sub-orchestration's id is taken.</summary>
internal static class Refusal
{
    public static string Message(OrchestrationRuntimeStatus status) => $"An Orchestration instance with the status {status} already exists.";

    public static SubOrchestrationFailed Of(NewInstance start, OrchestrationRuntimeStatus status) =>
        new(new Failure("DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException", Message(status)))
        {
            TaskId = start.Started.Parent!.TaskId,
            For = start.Started.Parent.ExecutionId,
            At = start.Started.At,
        };
}

/// <summary>Entities are stored as instances with an id of the form <c>@name@key</c>.</summary>
internal static class EntityNames
{
    public static bool IsEntity(string instanceId) => instanceId.Length > 2 && instanceId[0] == '@' && instanceId.IndexOf('@', 1) > 1;

    public static string NameOf(string instanceId) => instanceId[1..instanceId.IndexOf('@', 1)];
}
