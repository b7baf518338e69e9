using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.ScheduledTasks;

/// <summary>An operation on a schedule.</summary>
/// <param name="EntityId">The schedule's entity.</param>
/// <param name="OperationName">The operation.</param>
/// <param name="Input">The operation's input.</param>
public record ScheduleOperationRequest(EntityInstanceId EntityId, string OperationName, object? Input = null);

/// <summary>Calls an operation of a schedule, so that a client can wait for what came of it.</summary>
[DurableTask]
public class ExecuteScheduleOperationOrchestrator : TaskOrchestrator<ScheduleOperationRequest, object>
{
    /// <inheritdoc/>
    public override Task<object> RunAsync(TaskOrchestrationContext context, ScheduleOperationRequest input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        return context.Entities.CallEntityAsync<object>(input.EntityId, input.OperationName, input.Input);
    }
}
