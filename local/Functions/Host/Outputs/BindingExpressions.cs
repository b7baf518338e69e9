using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>Names between braces, as paths of bindings may hold them.</summary>
internal static partial class BindingExpressions
{
    /// <summary>
    /// Replaces <c>%Setting%</c>, <c>{name}</c> by the trigger's data, <c>{rand-guid}</c> and <c>{DateTime}</c>
    /// (each optionally with a format after a colon).
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no value of a name.</exception>
    public static string Resolve(string text, IReadOnlyDictionary<string, object?> data, IConfiguration settings, TimeProvider clock) =>
        Expression().Replace(SettingExpressions.Resolve(text, settings), match =>
        {
            var name = match.Groups["name"].Value;
            var format = match.Groups["format"] is { Success: true } group ? group.Value : null;
            return name.ToLowerInvariant() switch
            {
                "rand-guid" or "sys.randguid" => Guid.NewGuid().ToString(format ?? "D"),
                "datetime" or "sys.utcnow" => clock.GetUtcNow().UtcDateTime.ToString(format ?? "yyyy-MM-ddTHH-mm-ssZ", CultureInfo.InvariantCulture),
                _ => data.GetValueOrDefault(name) is { } value
                    ? string.Format(CultureInfo.InvariantCulture, format is null ? "{0}" : $"{{0:{format}}}", value)
                    : throw new InvalidOperationException($"No value for the binding expression '{{{name}}}' in '{text}'."),
            };
        });

    [GeneratedRegex(@"\{(?<name>[A-Za-z0-9_.\-]+)(:(?<format>[^}]+))?\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    internal static partial Regex Expression();
}
