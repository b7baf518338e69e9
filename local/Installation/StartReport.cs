using System.Text.Json;

namespace ToolboxAI.Local.Installation;

/// <summary>
/// What the services' process tells the application that started it: one line of JSON on standard output. After a good one a refusal may
/// come: what the application did not have to wait for does not start.
/// </summary>
/// <param name="Settings">The settings that connect to what was started; null when the start was refused.</param>
/// <param name="Refusal">Why the start was refused, and what to do.</param>
public sealed record StartReport(IReadOnlyDictionary<string, string>? Settings, string? Refusal)
{
    /// <summary>Everything runs, but for the storage, which starts.</summary>
    public static StartReport Ready(IReadOnlyDictionary<string, string> settings) => new(settings, null);

    /// <summary>Nothing runs.</summary>
    public static StartReport Refused(string message) => new(null, message);

    /// <summary>Reads the report; null when the process ended without one.</summary>
    public static async Task<StartReport?> ReadAsync(TextReader reader) =>
        await reader.ReadLineAsync().ConfigureAwait(false) is { } line ? JsonSerializer.Deserialize<StartReport>(line) : null;

    /// <summary>Writes the report.</summary>
    public Task WriteAsync(TextWriter writer) => writer.WriteLineAsync(JsonSerializer.Serialize(this));
}
