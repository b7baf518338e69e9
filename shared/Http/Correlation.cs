using Microsoft.Extensions.Logging;

namespace ToolboxAI.Shared.Http;

/// <summary>
/// The correlation id of what runs now: set once per invocation by the pipeline, it flows with the call into log lines and
/// outgoing messages.
/// </summary>
public static class Correlation
{
    /// <summary>Request and answer header.</summary>
    public const string Header = "X-Correlation-ID";

    /// <summary>The longest id that is taken from a caller.</summary>
    public const int MaxLength = 128;

    private static readonly AsyncLocal<string?> Ambient = new();

    /// <summary>The current id; null outside an invocation.</summary>
    public static string? Id
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>
    /// Goes on with the id of the call that caused what runs now, where a run's own contract carries it: on the log lines until the result
    /// is disposed, and with the messages that this invocation sends. Null changes nothing.
    /// </summary>
    public static IDisposable? GoOn(ILogger log, string? id)
    {
        if (id is null || id == Id)
        {
            return null;
        }

        Id = id;
        return LogScope.Begin(log, ("CorrelationId", id));
    }

    /// <summary>Letters, digits, <c>-</c>, <c>_</c>, <c>.</c> and <c>:</c>, 1 to 128 of them: safe in headers and log lines.</summary>
    public static bool IsValid(string? id) => id is { Length: > 0 and <= MaxLength }
        && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
