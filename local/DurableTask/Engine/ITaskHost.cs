using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Engine;

/// <summary>Knows the code behind the names: a registry of a plain host, or the functions of a function app.</summary>
internal interface ITaskHost
{
    /// <summary>How payloads are written, and the worker's other options.</summary>
    TaskHostSettings Settings { get; }

    /// <summary>
    /// Starts an orchestrator's code and returns its serialized output. Everything that the code does before its first await
    /// of a durable task happens before this returns.
    /// </summary>
    /// <exception cref="TaskNotFoundException">There is no orchestrator of that name and version.</exception>
    Task<string?> RunOrchestratorAsync(OrchestrationContext context);

    /// <summary>Runs an activity and returns its serialized output.</summary>
    /// <exception cref="TaskNotFoundException">There is no activity of that name and version.</exception>
    Task<string?> RunActivityAsync(ActivityCall call, CancellationToken cancellationToken);

    /// <summary>Runs one operation of an entity and returns its serialized result.</summary>
    /// <exception cref="TaskNotFoundException">There is no entity of that name.</exception>
    Task<string?> RunEntityAsync(EntityBatch batch, CancellationToken cancellationToken);
}

/// <summary>Options of a worker that the engine needs.</summary>
internal sealed record TaskHostSettings(DurableTaskWorkerOptions Options, ILoggerFactory Loggers)
{
    public DataConverter Converter => Options.DataConverter;

    /// <summary>What the worker tells of its work.</summary>
    public WorkerLog Log { get; init; } = new(Loggers, Options.Logging.UseLegacyCategories);

    public IExceptionPropertiesProvider? ExceptionProperties { get; init; }

    /// <summary>Which work the worker takes; <c>null</c> for all.</summary>
    public WorkFilter? Filter { get; init; }

    /// <summary>What orchestrations find in their context's properties.</summary>
    public IReadOnlyDictionary<string, object?> Properties { get; init; } = System.Collections.Immutable.ImmutableDictionary<string, object?>.Empty;
}

/// <summary>One call of an activity.</summary>
internal sealed record ActivityCall(string InstanceId, int TaskId, string Name, string? Version, string? Input)
{
    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public Dictionary<string, string>? Tags { get; init; }
}

/// <summary>There is no task of that name (and version). Retries are pointless.</summary>
internal sealed class TaskNotFoundException(string kind, string name, string? version)
    : Exception($"No {kind.ToLowerInvariant()} task named '{name}'{(string.IsNullOrEmpty(version) ? string.Empty : $" with version '{version}'")} was found.")
{
    /// <summary>The failure that the caller sees.</summary>
    public Failure ToFailure() => new($"{kind}TaskNotFound", Message) { IsFinal = true };
}
