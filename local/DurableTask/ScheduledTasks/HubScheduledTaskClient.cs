using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.ScheduledTasks;

/// <summary>The schedules of a hub.</summary>
internal sealed class HubScheduledTaskClient(DurableTaskClient durable) : ScheduledTaskClient
{
    public override async Task<ScheduleClient> CreateScheduleAsync(ScheduleCreationOptions creationOptions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(creationOptions);
        var client = GetScheduleClient(creationOptions.ScheduleId);
        await client.CreateAsync(creationOptions, cancellation).ConfigureAwait(false);
        return client;
    }

    public override async Task<ScheduleDescription?> GetScheduleAsync(string scheduleId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        return await HubScheduleClient.FindAsync(durable, scheduleId, cancellation).ConfigureAwait(false);
    }

    public override ScheduleClient GetScheduleClient(string scheduleId) => new HubScheduleClient(durable, scheduleId);

    /// <inheritdoc/>
    /// <remarks>Schedules are filtered after a page was read, so that a page may hold less than its size.</remarks>
    public override AsyncPageable<ScheduleDescription> ListSchedulesAsync(ScheduleQuery? filter = null) =>
        Pageable.Create<ScheduleDescription>(async (token, size, cancellation) =>
        {
            filter ??= new ScheduleQuery();
            var query = new EntityQuery
            {
                InstanceIdStartsWith = new EntityInstanceId(nameof(Schedule), filter.ScheduleIdPrefix ?? string.Empty).ToString(),
                PageSize = size ?? filter.PageSize ?? ScheduleQuery.DefaultPageSize,
                ContinuationToken = token ?? filter.ContinuationToken,
            };
            await foreach (var page in durable.Entities.GetAllEntitiesAsync<ScheduleState>(query).AsPages().WithCancellation(cancellation).ConfigureAwait(false))
            {
                var found = page.Values.Where(entity => Matches(filter, entity.State)).Select(entity => HubScheduleClient.Describe(entity.Id.Key, entity.State));
                return new Page<ScheduleDescription>([.. found], page.ContinuationToken);
            }

            return new Page<ScheduleDescription>([]);
        });

    private static bool Matches(ScheduleQuery filter, ScheduleState state) =>
        (filter.Status is null || state.Status == filter.Status)
        && (filter.CreatedFrom is null || state.ScheduleCreatedAt > filter.CreatedFrom)
        && (filter.CreatedTo is null || state.ScheduleCreatedAt < filter.CreatedTo);
}

/// <summary>One schedule of a hub.</summary>
internal sealed class HubScheduleClient(DurableTaskClient durable, string scheduleId) : ScheduleClient(scheduleId)
{
    public static async Task<ScheduleDescription?> FindAsync(DurableTaskClient durable, string scheduleId, CancellationToken cancellation) =>
        await durable.Entities.GetEntityAsync<ScheduleState>(IdOf(scheduleId), true, cancellation).ConfigureAwait(false) is { } entity
            ? Describe(scheduleId, entity.State)
            : null;

    public static ScheduleDescription Describe(string scheduleId, ScheduleState state) => new()
    {
        ScheduleId = scheduleId,
        OrchestrationName = state.ScheduleConfiguration?.OrchestrationName,
        OrchestrationInput = state.ScheduleConfiguration?.OrchestrationInput,
        OrchestrationInstanceId = state.ScheduleConfiguration?.OrchestrationInstanceId,
        StartAt = state.ScheduleConfiguration?.StartAt,
        EndAt = state.ScheduleConfiguration?.EndAt,
        Interval = state.ScheduleConfiguration?.Interval,
        StartImmediatelyIfLate = state.ScheduleConfiguration?.StartImmediatelyIfLate,
        Status = state.Status,
        ExecutionToken = state.ExecutionToken,
        LastRunAt = state.LastRunAt,
        NextRunAt = state.NextRunAt,
    };

    public override Task CreateAsync(ScheduleCreationOptions creationOptions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(creationOptions);
        return ExecuteAsync("create", nameof(Schedule.CreateSchedule), creationOptions, cancellation);
    }

    public override async Task<ScheduleDescription> DescribeAsync(CancellationToken cancellation = default) =>
        await FindAsync(durable, ScheduleId, cancellation).ConfigureAwait(false) ?? throw new ScheduleNotFoundException(ScheduleId);

    public override Task DeleteAsync(CancellationToken cancellation = default) => ExecuteAsync("delete", "delete", null, cancellation);

    public override Task PauseAsync(CancellationToken cancellation = default) =>
        ExecuteAsync("pause", nameof(Schedule.PauseSchedule), null, cancellation);

    public override Task ResumeAsync(CancellationToken cancellation = default) =>
        ExecuteAsync("resume", nameof(Schedule.ResumeSchedule), null, cancellation);

    public override Task UpdateAsync(ScheduleUpdateOptions updateOptions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(updateOptions);
        return ExecuteAsync("update", nameof(Schedule.UpdateSchedule), updateOptions, cancellation);
    }

    private static EntityInstanceId IdOf(string scheduleId) => new(nameof(Schedule), scheduleId);

    private async Task ExecuteAsync(string verb, string operation, object? input, CancellationToken cancellation)
    {
        var request = new ScheduleOperationRequest(IdOf(ScheduleId), operation, input);
        var id = await durable.ScheduleNewOrchestrationInstanceAsync(nameof(ExecuteScheduleOperationOrchestrator), request, cancellation)
            .ConfigureAwait(false);
        var end = await durable.WaitForInstanceCompletionAsync(id, true, cancellation).ConfigureAwait(false);
        if (end.RuntimeStatus != OrchestrationRuntimeStatus.Completed)
        {
            throw new InvalidOperationException($"Failed to {verb} schedule '{ScheduleId}': {end.FailureDetails?.ErrorMessage}");
        }
    }
}
