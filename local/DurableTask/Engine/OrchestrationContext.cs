using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>What the orchestrator's code sees of its execution.</summary>
internal sealed partial class OrchestrationContext(OrchestrationExecution execution, TaskHostSettings settings) : TaskOrchestrationContext
{
    /// <summary>The most that a custom status may have: 16 KB as UTF-16.</summary>
    private const int MaxCustomStatusChars = 8 * 1024;

    private static readonly Guid GuidNamespace = new("9e952958-5e33-4daf-827f-2fa12937b875");
    private int guids;

    public override TaskName Name => Started.Name;

    public override string InstanceId => execution.InstanceId;

    public override string Version => Started.Version ?? string.Empty;

    public override ParentOrchestrationInstance? Parent =>
        Started.Parent is { } parent ? new ParentOrchestrationInstance(parent.Name, parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => execution.Now.UtcDateTime;

    /// <summary>
    /// Code that asks must see its replays, as it does in the original: such an execution is not kept between its steps.
    /// </summary>
    public override bool IsReplaying
    {
        get
        {
            AskedForReplay = true;
            return execution.IsReplaying;
        }
    }

    internal override bool MutesLog => execution.IsReplaying;

    /// <summary>Whether the code has asked if it is replaying.</summary>
    public bool AskedForReplay { get; private set; }

    public override IReadOnlyDictionary<string, object?> Properties => settings.Properties;

    public override TaskOrchestrationEntityFeature Entities => entities ??= settings.Options.EnableEntitySupport
        ? new OrchestrationEntities(execution, settings.Converter)
        : throw new NotSupportedException("Durable entities are disabled because DurableTaskWorkerOptions.EnableEntitySupport=false");

    /// <summary>The custom status as it was set last; <c>null</c> when none was.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>Whether the code has set a custom status, be it to nothing.</summary>
    public bool HasCustomStatus { get; private set; }

    /// <summary>How the execution is to begin anew, when the code asked for it.</summary>
    public ContinueAsNewOptions? NextExecution { get; private set; }

    /// <summary>The serialized input, for hosts that convert it themselves.</summary>
    public string? RawInput => Started.Input;

    /// <summary>What the host attaches to the execution.</summary>
    public object? HostState { get; set; }

    /// <summary>How the execution began.</summary>
    public ExecutionStarted Started => execution.Start!;

    protected override ILoggerFactory LoggerFactory => settings.Loggers;

    private OrchestrationEntities? entities;

    public override T? GetInput<T>()
        where T : default => settings.Converter.Deserialize<T>(Started.Input);

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        execution.CheckThread();
        return TimersUntil(new DateTimeOffset(fireAt.ToUniversalTime(), TimeSpan.Zero), cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object? payload)
    {
        execution.CheckThread();
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        execution.Send(new EventSent(instanceId, eventName, settings.Converter.Serialize(payload)) { TaskId = execution.NextTaskId() });
    }

    public override void SetCustomStatus(object? customStatus)
    {
        execution.CheckThread();
        var text = settings.Converter.Serialize(customStatus);
        HasCustomStatus = true;
        CustomStatus = text is null || text.Length <= MaxCustomStatusChars
            ? text
            : throw new ArgumentException("The custom status must not exceed 16 KB of UTF-16 text.", nameof(customStatus));
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        execution.CheckThread();
        ArgumentNullException.ThrowIfNull(options);
        NextExecution = options;
    }

    /// <inheritdoc cref="OrchestrationExecution.WelcomeGuests"/>
    public void WelcomeGuests() => execution.WelcomeGuests();

    /// <inheritdoc cref="OrchestrationExecution.AwaitPipeline"/>
    public void AwaitPipeline(Task pipeline) => execution.AwaitPipeline(pipeline);

    public void ForgetContinueAsNew() => NextExecution = null;

    public void LeaveCriticalSection() => entities?.ReleaseLocks();

    /// <summary>A version 5 UUID over the instance id, the step's time and a counter: the same in each replay.</summary>
    public override Guid NewGuid()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{InstanceId}_{CurrentUtcDateTime:o}_{guids++}");
        Span<byte> source = stackalloc byte[16 + Encoding.UTF8.GetMaxByteCount(name.Length)];
        GuidNamespace.TryWriteBytes(source, bigEndian: true, out _);
        var length = 16 + Encoding.UTF8.GetBytes(name, source[16..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // A version 5 UUID is defined over SHA-1; nothing is protected by it.
        SHA1.HashData(source[..length], hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>One timer after the other, none longer than the worker's longest.</summary>
    private Task TimersUntil(DateTimeOffset fireAt, CancellationToken cancellationToken) =>
        fireAt - execution.Now <= settings.Options.MaximumTimerInterval ? Timer(fireAt, cancellationToken) : Chained(fireAt, cancellationToken);

    private async Task Chained(DateTimeOffset fireAt, CancellationToken cancellationToken)
    {
        var longest = settings.Options.MaximumTimerInterval;
        while (fireAt - execution.Now > longest)
        {
            await Timer(execution.Now + longest, cancellationToken);
        }

        await Timer(fireAt, cancellationToken);
    }

    /// <summary>
    /// One timer. Not an async method: a cancelled timer, the usual end of a wait for an event, is then a cancelled task and not
    /// an exception that is thrown through two methods, in each replay again.
    /// </summary>
    private Task Timer(DateTimeOffset fireAt, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var taskId = execution.NextTaskId();
        var fired = execution.Schedule(new TimerCreated(fireAt) { TaskId = taskId });
        if (cancellationToken.CanBeCanceled)
        {
            var registration = cancellationToken.UnsafeRegister((_, token) => execution.CancelTimer(taskId, token), null);
            _ = fired.ContinueWith(
                static (_, kept) => ((CancellationTokenRegistration)kept!).Unregister(),
                registration,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return fired;
    }
}
