using System.Collections;
using Microsoft.Extensions.Logging;

namespace ToolboxAI.Shared.Http;

/// <summary>Names and values that stand on every log line of a call: as fields where the log has fields, as text on a console.</summary>
public sealed class LogScope : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] values;

    private LogScope(KeyValuePair<string, object?>[] values) => this.values = values;

    /// <inheritdoc/>
    public int Count => values.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => values[index];

    /// <summary>Begins a scope; values that are null are left out.</summary>
    public static IDisposable? Begin(ILogger log, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var there = 0;
        foreach (var (_, value) in values)
        {
            there += value is null ? 0 : 1;
        }

        var (kept, at) = (new KeyValuePair<string, object?>[there], 0);
        foreach (var (name, value) in values)
        {
            if (value is not null)
            {
                kept[at++] = new(name, value);
            }
        }

        return log.BeginScope(new LogScope(kept));
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", values.Select(pair => $"{pair.Key}:{pair.Value}"));
}
