using System.Text;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Moves large payloads out of what is stored, and back into what is read.</summary>
internal sealed class ExternalPayloads(PayloadStore store, LargePayloadStorageOptions options)
{
    private delegate ValueTask<string?> Change(string? payload);

    public static ExternalPayloads Of(IServiceProvider services, string name) => new(
        services.GetRequiredService<PayloadStore>(), services.GetRequiredService<IOptionsMonitor<LargePayloadStorageOptions>>().Get(name));

    /// <exception cref="PayloadStorageException">A payload is too large.</exception>
    public async Task<StepCommit> ExternalizeAsync(StepCommit step, CancellationToken cancellationToken)
    {
        var change = Uploading(cancellationToken);
        return step with
        {
            After = await MapAsync(step.After, step.DropsHistory ? change : Same, change).ConfigureAwait(false),
            History = await MapAsync(step.History, change).ConfigureAwait(false),
            Activities = await EachAsync(step.Activities, async call => call with { Input = await change(call.Input).ConfigureAwait(false) }).ConfigureAwait(false),
            Messages = await EachAsync(step.Messages, message => MapAsync(message, change)).ConfigureAwait(false),
            Starts = await EachAsync(step.Starts, start => MapAsync(start, change)).ConfigureAwait(false),
        };
    }

    /// <exception cref="PayloadStorageException">A payload is too large.</exception>
    public async Task<ActivityCommit> ExternalizeAsync(ActivityCommit activity, CancellationToken cancellationToken) =>
        activity with { Outcome = await MapAsync(activity.Outcome, Uploading(cancellationToken)).ConfigureAwait(false) };

    /// <exception cref="PayloadStorageException">A payload is too large.</exception>
    public async Task<RewindCommit> ExternalizeAsync(RewindCommit rewind, CancellationToken cancellationToken)
    {
        var change = Uploading(cancellationToken);
        return rewind with
        {
            History = await MapAsync(rewind.History, change).ConfigureAwait(false),
            Activities = await EachAsync(rewind.Activities, async call => call with { Input = await change(call.Input).ConfigureAwait(false) }).ConfigureAwait(false),
            Messages = await EachAsync(rewind.Messages, message => MapAsync(message, change)).ConfigureAwait(false),
        };
    }

    /// <exception cref="PayloadStorageException">A payload is too large.</exception>
    public async Task<NewInstance> ExternalizeAsync(NewInstance start, CancellationToken cancellationToken) =>
        await MapAsync(start, Uploading(cancellationToken)).ConfigureAwait(false);

    /// <exception cref="PayloadStorageException">A payload is too large.</exception>
    public async Task<NewMessage> ExternalizeAsync(NewMessage message, CancellationToken cancellationToken) =>
        await MapAsync(message, Uploading(cancellationToken)).ConfigureAwait(false);

    public async Task<Instance> ResolveAsync(Instance instance, CancellationToken cancellationToken)
    {
        var change = Downloading(cancellationToken);
        return await MapAsync(instance, change, change).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<HistoryEvent>> ResolveAsync(IReadOnlyList<HistoryEvent> history, CancellationToken cancellationToken) =>
        await MapAsync(history, Downloading(cancellationToken)).ConfigureAwait(false);

    public async Task<LeasedInstance> ResolveAsync(LeasedInstance leased, CancellationToken cancellationToken)
    {
        var change = Downloading(cancellationToken);
        return new LeasedInstance(
            await MapAsync(leased.Instance, change, change).ConfigureAwait(false),
            await EachAsync(leased.Messages, async message =>
                message with { Body = await MapAsync(message.Body, change).ConfigureAwait(false) }).ConfigureAwait(false))
        {
            Outcomes = await EachAsync(leased.Outcomes, async outcome =>
                outcome with { Outcome = await MapAsync(outcome.Outcome, change).ConfigureAwait(false) }).ConfigureAwait(false),
        };
    }

    public async Task<LeasedActivity> ResolveAsync(LeasedActivity leased, CancellationToken cancellationToken) => leased with
    {
        Call = leased.Call with { Input = await Downloading(cancellationToken)(leased.Call.Input).ConfigureAwait(false) },
    };

    private static ValueTask<string?> Same(string? payload) => new(payload);

    private static async ValueTask<NewMessage> MapAsync(NewMessage message, Change change) =>
        message with { Body = await MapAsync(message.Body, change).ConfigureAwait(false) };

    private static async ValueTask<NewInstance> MapAsync(NewInstance start, Change change) =>
        start with { Started = start.Started with { Input = await change(start.Started.Input).ConfigureAwait(false) } };

    private static async ValueTask<Instance> MapAsync(Instance instance, Change input, Change others) => instance with
    {
        Input = await input(instance.Input).ConfigureAwait(false),
        Output = await others(instance.Output).ConfigureAwait(false),
        CustomStatus = await others(instance.CustomStatus).ConfigureAwait(false),
        Entity = instance.Entity is not { } entity ? null : entity with
        {
            State = await others(entity.State).ConfigureAwait(false),
            Waiting = entity.Waiting is { } waiting ? await MapAsync(waiting, others).ConfigureAwait(false) : null,
        },
    };

    private static async ValueTask<IReadOnlyList<HistoryEvent>> MapAsync(IReadOnlyList<HistoryEvent> events, Change change) =>
        await EachAsync(events, happened => MapAsync(happened, change)).ConfigureAwait(false);

    private static async ValueTask<T> MapAsync<T>(T happened, Change change)
        where T : HistoryEvent => (T)(HistoryEvent)(happened switch
        {
            ExecutionStarted { Carried: { } carried } e => e with
            {
                Carried = await EachAsync(carried, raised => MapAsync(raised, change)).ConfigureAwait(false),
            },
            ExecutionCompleted e => e with { Result = await change(e.Result).ConfigureAwait(false) },
            ExecutionSuspended e => e with { Reason = await change(e.Reason).ConfigureAwait(false) },
            ExecutionResumed e => e with { Reason = await change(e.Reason).ConfigureAwait(false) },
            ExecutionTerminated e => e with { Output = await change(e.Output).ConfigureAwait(false) },
            EventRaised e => e with { Input = await change(e.Input).ConfigureAwait(false) },
            EventSent e => e with { Input = await change(e.Input).ConfigureAwait(false) },
            TaskScheduled e => e with { Input = await change(e.Input).ConfigureAwait(false) },
            TaskCompleted e => e with { Result = await change(e.Result).ConfigureAwait(false) },
            SubOrchestrationCreated e => e with { Input = await change(e.Input).ConfigureAwait(false) },
            SubOrchestrationCompleted e => e with { Result = await change(e.Result).ConfigureAwait(false) },
            EntityOperationRequested e => e with { Input = await change(e.Input).ConfigureAwait(false) },
            EntityOperationCompleted e => e with { Result = await change(e.Result).ConfigureAwait(false) },
            var other => other,
        });

    private static async ValueTask<IReadOnlyList<T>> EachAsync<T>(IReadOnlyList<T> items, Func<T, ValueTask<T>> map)
    {
        if (items.Count == 0)
        {
            return items;
        }

        var mapped = new List<T>(items.Count);
        foreach (var item in items)
        {
            mapped.Add(await map(item).ConfigureAwait(false));
        }

        return mapped;
    }

    /// <summary>Uploads what is large; what stands in several places of one commit only once.</summary>
    private Change Uploading(CancellationToken cancellationToken)
    {
        var tokens = new Dictionary<string, string>();
        return async payload =>
        {
            if (payload is null || payload.Length < options.ThresholdBytes / 3)
            {
                return payload;   // a character has three bytes at most
            }

            if (Encoding.UTF8.GetByteCount(payload) is var size && size > options.MaxPayloadBytes)
            {
                throw new PayloadStorageException(
                    $"Payload size {size / 1024} KB exceeds the configured maximum of {options.MaxPayloadBytes / 1024} KB. "
                    + "Reduce the payload size or increase the max payload size limit.");
            }

            if (size >= options.ThresholdBytes && !tokens.TryGetValue(payload, out _))
            {
                tokens.Add(payload, await store.UploadAsync(payload, cancellationToken).ConfigureAwait(false));
            }

            return tokens.GetValueOrDefault(payload, payload);
        };
    }

    private Change Downloading(CancellationToken cancellationToken) => async payload =>
        payload is not null && store.IsKnownPayloadToken(payload)
            ? await store.DownloadAsync(payload, cancellationToken).ConfigureAwait(false)
            : payload;
}
