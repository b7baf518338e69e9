using System.Text.RegularExpressions;
using Npgsql;

namespace ToolboxAI.Local.Simulators;

/// <summary>A fault that was asked for, as <c>POST /local/faults</c> takes it.</summary>
/// <param name="Service">The simulator, for example <c>stripe</c>.</param>
/// <param name="Request">
/// Method and path, <c>*</c> stands for anything inside one part: <c>POST /v1/invoices/*/pay</c>. For a fault of events it is
/// the request that causes them or an event type such as <c>invoice.paid</c>. Empty: any.
/// </param>
/// <param name="Kind">One of <see cref="FaultKinds"/>.</param>
/// <param name="Value"><c>latency</c>: milliseconds of machine time; <c>status</c>: the HTTP status; <c>duplicate-event</c>:
/// extra copies (1); <c>reorder-events</c>: seconds of the moved clock that the event is late (1).</param>
/// <param name="Times">How often it happens, at least 1.</param>
public sealed record Fault(string Service, string Request, string Kind, int? Value, int Times);

/// <summary>The kinds of faults.</summary>
public static class FaultKinds
{
    /// <summary>The answer takes longer.</summary>
    public const string Latency = "latency";

    /// <summary>The request is answered with this status and has no effect.</summary>
    public const string Status = "status";

    /// <summary>The effect takes place, then the connection is cut before the answer.</summary>
    public const string LostAnswer = "lost-answer";

    /// <summary>The event is delivered more than once.</summary>
    public const string DuplicateEvent = "duplicate-event";

    /// <summary>The event arrives after those that followed it.</summary>
    public const string ReorderEvents = "reorder-events";

    /// <summary>The event is never delivered; the service's own list has it all the same.</summary>
    public const string DropEvent = "drop-event";

    internal static readonly IReadOnlySet<string> OfRequests = new HashSet<string> { Latency, Status, LostAnswer };

    internal static readonly IReadOnlySet<string> OfEvents = new HashSet<string> { DuplicateEvent, ReorderEvents, DropEvent };
}

/// <summary>The faults that were asked for. They are rows, so they hold over a restart of the services.</summary>
public sealed class Faults(NpgsqlDataSource database)
{
    /// <summary>Asks for a fault.</summary>
    public async Task AddAsync(Fault fault, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "INSERT INTO simulators.faults (service, request, fault, value, times) VALUES ($1, $2, $3, $4, $5)");
        command.Parameters.Add(new() { Value = fault.Service });
        command.Parameters.Add(new() { Value = fault.Request });
        command.Parameters.Add(new() { Value = fault.Kind });
        command.Parameters.Add(new() { Value = (object?)fault.Value ?? DBNull.Value });
        command.Parameters.Add(new() { Value = fault.Times });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Lifts all faults.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM simulators.faults");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes one turn of every fault that fits this request, the oldest of each kind first.</summary>
    public async Task<IReadOnlyList<Fault>> TakeForRequestAsync(string service, string method, string path, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await TakeAsync(connection, service, FaultKinds.OfRequests, [$"{method} {path}"], cancellationToken);
    }

    /// <summary>Takes one turn of the oldest fault of events that fits this event, by its type or by the request that caused it.</summary>
    internal static async Task<Fault?> TakeForEventAsync(
        NpgsqlConnection connection, string service, string eventType, string? causedBy, CancellationToken cancellationToken)
    {
        string[] names = causedBy is null ? [eventType] : [eventType, causedBy];
        var taken = await TakeAsync(connection, service, FaultKinds.OfEvents, names, cancellationToken);
        return taken.Count > 0 ? taken[0] : null;
    }

    private static async Task<IReadOnlyList<Fault>> TakeAsync(
        NpgsqlConnection connection, string service, IReadOnlySet<string> kinds, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var fitting = new Dictionary<string, (long Id, Fault Fault)>();
        const string Open = "SELECT id, request, fault, value, times FROM simulators.faults WHERE service = $1 AND times > 0 ORDER BY id";
        await using (var command = new NpgsqlCommand(Open, connection))
        {
            command.Parameters.Add(new() { Value = service });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var fault = new Fault(service, reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt32(3), reader.GetInt32(4));
                if (kinds.Contains(fault.Kind) && names.Any(name => Fits(fault.Request, name)))
                {
                    fitting.TryAdd(fault.Kind, (reader.GetInt64(0), fault));
                }
            }
        }

        var taken = new List<Fault>();
        foreach (var (id, fault) in fitting.Values)
        {
            await using var command = new NpgsqlCommand("UPDATE simulators.faults SET times = times - 1 WHERE id = $1 AND times > 0", connection);
            command.Parameters.Add(new() { Value = id });
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 1)
            {
                taken.Add(fault);
            }
        }

        return taken;
    }

    internal static bool Fits(string pattern, string name) =>
        pattern.Length == 0 || pattern == "*" ||
        Regex.IsMatch(name, "^" + Regex.Escape(pattern).Replace(@"\*", "[^/]*") + "$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
