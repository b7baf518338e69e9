using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.DurableTask.ScheduledTasks;

/// <summary>Adds scheduled tasks to clients.</summary>
public static class DurableTaskClientBuilderExtensions
{
    /// <summary>Registers a <see cref="ScheduledTaskClient"/> over this client.</summary>
    public static IDurableTaskClientBuilder UseScheduledTasks(this IDurableTaskClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddTransient<ScheduledTaskClient>(services =>
            new HubScheduledTaskClient(services.GetRequiredService<IDurableTaskClientProvider>().GetClient(builder.Name)));
        return builder;
    }
}

/// <summary>Adds scheduled tasks to workers.</summary>
public static class DurableTaskWorkerBuilderExtensions
{
    /// <summary>Registers what runs schedules.</summary>
    public static void UseScheduledTasks(this IDurableTaskWorkerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddTasks(tasks => tasks.AddEntity<Schedule>().AddOrchestrator<ExecuteScheduleOperationOrchestrator>());
    }
}
