using System.Text;
using Microsoft.Extensions.Configuration;

namespace ToolboxAI.Local.Functions;

/// <summary>Names of settings between percent signs, as binding attributes may hold them.</summary>
public static class SettingExpressions
{
    /// <summary>Replaces every <c>%Name%</c> by the setting of that name.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing, or a percent sign is left over.</exception>
    public static string Resolve(string text, IConfiguration settings)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        var parts = text.Split('%');
        if (parts.Length % 2 == 0)
        {
            throw new InvalidOperationException($"'{text}' has a percent sign without a partner.");
        }

        for (var i = 0; i < parts.Length; i++)
        {
            result.Append(i % 2 == 0 ? parts[i] : settings[parts[i]] ?? throw new InvalidOperationException(Missing(parts[i])));
        }

        return result.ToString();
    }

    // An environment variable A__B is the setting A:B, and the real host knows it by that name only.
    private static string Missing(string name) => name.Contains("__", StringComparison.Ordinal)
        ? $"'%{name}%' does not resolve to a value: in a binding the setting {name} is written %{name.Replace("__", ":", StringComparison.Ordinal)}%."
        : $"'%{name}%' does not resolve to a value.";
}
