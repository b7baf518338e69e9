using System.Diagnostics;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>The client of a hub.</summary>
internal sealed partial class HubClient(string name, Func<Task<Hub>> open, DurableTaskClientOptions options) : DurableTaskClient(name)
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StartPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastPoll = TimeSpan.FromMilliseconds(250);

    private readonly DataConverter converter = options.DataConverter;

    /// <summary>The client that a container makes.</summary>
    [ActivatorUtilitiesConstructor]
    public HubClient(
        string name, IServiceProvider services, IOptionsMonitor<HubOptions> hub, IOptionsMonitor<DurableTaskClientOptions> options)
        : this(name, () => hub.Get(name).OpenForClientAsync(services), options.Get(name))
    {
    }

    /// <summary>Where a function app's management API begins; <c>null</c> outside of one.</summary>
    public string? ManagementRoot { get; init; }

    /// <summary>What the addresses of the management API carry: hub, connection and key.</summary>
    public string? ManagementQuery { get; init; }

    public override DurableEntityClient Entities => options.EnableEntitySupport
        ? new HubEntityClient(Name, open, converter)
        : throw new NotSupportedException("Durable entities are disabled because DurableTaskClientOptions.EnableEntitySupport=false");

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        if (orchestratorName == default)
        {
            throw new ArgumentNullException(nameof(orchestratorName), "The name of the orchestrator must not be empty.");
        }

        return await StartSerializedAsync(orchestratorName, converter.Serialize(input), options, cancellation).ConfigureAwait(false);
    }

    /// <summary>Starts an orchestration with an input that is serialized already.</summary>
    public async Task<string> StartSerializedAsync(
        TaskName orchestratorName, string? input, StartOrchestrationOptions? start, CancellationToken cancellation)
    {
        var hub = await open().ConfigureAwait(false);
        var id = start?.InstanceId ?? Guid.NewGuid().ToString("N");
        CheckNotEntity(id);
        var executionId = Guid.NewGuid().ToString("N");
        var version = start?.Version is { } asked ? asked.Version : options.DefaultVersion;
        using var span = Tracing.Creating(id, orchestratorName, version, executionId);
        var instance = NewStart(hub, id, orchestratorName, input, start, version, executionId);
        if (!await hub.StartAsync(instance, cancellation).ConfigureAwait(false))
        {
            var existing = await hub.Store.FindAsync(id, cancellation).ConfigureAwait(false);
            throw new OrchestrationAlreadyExistsException(Refusal.Message(existing?.Status ?? OrchestrationRuntimeStatus.Running));
        }

        return id;
    }

    public override async Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        await RaiseSerializedAsync(instanceId, eventName, converter.Serialize(eventPayload), cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends an event whose payload is serialized already.</summary>
    public async Task RaiseSerializedAsync(string instanceId, string eventName, string? payload, CancellationToken cancellation)
    {
        using var span = Tracing.Raising(instanceId, eventName);
        if (!await SendAsync(instanceId, now => new EventRaised(eventName, payload) { At = now }, cancellation).ConfigureAwait(false))
        {
            await RefuseEventAsync(instanceId, cancellation).ConfigureAwait(false);
        }
    }

    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) => SteerAsync(
            "terminate",
            instanceId,
            static _ => true,
            now => new ExecutionTerminated(converter.Serialize(options?.Output), options?.Recursive ?? false) { At = now },
            cancellation);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => SteerAsync(
        "suspend", instanceId, static status => status != OrchestrationRuntimeStatus.Suspended, now => new ExecutionSuspended(converter.Serialize(reason)) { At = now }, cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => SteerAsync(
        "resume", instanceId, static status => status == OrchestrationRuntimeStatus.Suspended, now => new ExecutionResumed(converter.Serialize(reason)) { At = now }, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitForAsync(instanceId, instance => instance.Status != OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitForAsync(instanceId, instance => instance.IsEnded, getInputsAndOutputs, cancellation);

    /// <summary>The client's hub.</summary>
    public Task<Hub> OpenAsync() => open();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void CheckNotEntity(string instanceId)
    {
        if (instanceId.StartsWith('@'))
        {
            throw new ArgumentException($"Instance id '{instanceId}' is reserved for entities.", nameof(instanceId));
        }
    }

    private static NewInstance NewStart(
        Hub hub, string id, TaskName name, string? input, StartOrchestrationOptions? start, string? version, string executionId) =>
        new(id, new ExecutionStarted
        {
            Name = name,
            Version = string.IsNullOrEmpty(version) ? null : version,
            ExecutionId = executionId,
            Input = input,
            Tags = start?.Tags is { Count: > 0 } tags ? new Dictionary<string, string>(tags) : null,
            TraceParent = Activity.Current?.Id,
            TraceState = Activity.Current?.TraceStateString,
            At = hub.Clock.GetUtcNow(),
        })
        {
            StartAt = start?.StartAt?.ToUniversalTime(),
            Refusing = start?.DedupeStatuses is { } statuses ? [.. statuses.Select(ParseStatus)] : NewInstance.RunningStatuses,
        };

    private static OrchestrationRuntimeStatus ParseStatus(string status) =>
        Enum.TryParse<OrchestrationRuntimeStatus>(status, ignoreCase: true, out var parsed)
            ? parsed
            : throw new ArgumentException($"Invalid orchestration runtime status: '{status}' for deduplication.");

    /// <summary>Sends a message; false when there is no such instance, or it has ended.</summary>
    private async Task<bool> SendAsync(string instanceId, Func<DateTimeOffset, HistoryEvent> message, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        CheckNotEntity(instanceId);
        var hub = await open().ConfigureAwait(false);
        return await hub.SendAsync(new NewMessage(instanceId, message(hub.Clock.GetUtcNow())), cancellation).ConfigureAwait(false);
    }

    private async Task<OrchestrationMetadata> WaitForAsync(
        string instanceId, Func<Instance, bool> reached, bool payloads, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var hub = await open().ConfigureAwait(false);

        // A worker of this process tells of each step at once; steps of other processes are found by looking, which is a statement
        // each time: seldom, then, as soon as it is a worker of this process that makes the steps.
        using var watch = hub.Watch(instanceId);
        if (watch.From is not null && await ReachedAsync(watch, reached, StartPoll, cancellation).ConfigureAwait(false) is { } soon)
        {
            return ToMetadata(hub.Payloads is null ? soon : await hub.Payloads.ResolveAsync(soon, cancellation).ConfigureAwait(false), payloads);
        }

        for (var poll = FirstPoll; ; poll = poll * 2 < LastPoll ? poll * 2 : LastPoll)
        {
            // An instance that does not exist may come to be: a sub-orchestration of a known id, say.
            if (await hub.Store.FindAsync(instanceId, cancellation).ConfigureAwait(false) is { } instance && reached(instance))
            {
                return ToMetadata(instance, payloads);
            }

            await ReachedAsync(watch, reached, poll, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The instance, once a step has brought it there; <c>null</c> when no step was made in time.</summary>
    private static async Task<Instance?> ReachedAsync(StepWatch watch, Func<Instance, bool> reached, TimeSpan limit, CancellationToken cancellation)
    {
        while (await watch.NextAsync(limit, cancellation).ConfigureAwait(false) is { } after)
        {
            if (reached(after))
            {
                return after;
            }

            limit = LastPoll;
        }

        return null;
    }
}
