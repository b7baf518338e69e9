using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace ToolboxAI.Local.Simulators;

/// <summary>
/// An HTTP double of an outside service. It keeps its state in PostgreSQL, so that an application that crashes changes
/// nothing that the outside knows, and a simulator that crashes forgets nothing that it answered.
/// </summary>
public interface ISimulator
{
    /// <summary>The service's name in faults, schedules and the table of services, for example <c>stripe</c>.</summary>
    string Service { get; }

    /// <summary>Where the application takes this service's webhooks, for example <c>/api/v1/webhooks/stripe</c>.</summary>
    string WebhookPath { get; }

    /// <summary>The certificate of a service that speaks HTTPS, with its private key; null for one that speaks HTTP.</summary>
    X509Certificate2? Certificate => null;

    /// <summary>Idempotent SQL that creates the simulator's own tables in the schema <c>simulators</c>.</summary>
    string Script { get; }

    /// <summary>Maps the service's API onto a server of its own.</summary>
    void Map(WebApplication server, SimulatorContext context);

    /// <summary>Maps what a developer asks of the simulator under <c>/local</c>; often nothing.</summary>
    void MapLocal(IEndpointRouteBuilder routes, SimulatorContext context);

    /// <summary>The settings that send an application to this simulator at <paramref name="address"/>.</summary>
    Task<IReadOnlyDictionary<string, string>> SettingsAsync(string address, SimulatorContext context, CancellationToken cancellationToken);

    /// <summary>Does a scheduled action as of its due moment, inside the transaction that takes it off the schedule.</summary>
    Task RunAsync(ScheduledAction action, SimulatorTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Signs a webhook. Signatures carry the machine's time, as those of any outside party do.</summary>
    void Sign(HttpRequestMessage request, string body, DateTimeOffset machineTime);

    /// <summary>How long after a failed delivery the next is tried, or null when the service gives up.</summary>
    /// <param name="failures">Failed deliveries so far, at least 1.</param>
    TimeSpan? RetryAfter(int failures);
}

/// <summary>Something that a simulator does by itself when the moved clock reaches <paramref name="DueAt"/>.</summary>
/// <param name="Kind">What to do, in the simulator's words.</param>
/// <param name="Subject">The id of the object it is about.</param>
/// <param name="DueAt">The moment it was due; its effects are stamped with it, not with the time of processing.</param>
public sealed record ScheduledAction(string Kind, string Subject, DateTimeOffset DueAt);
