using System.Globalization;
using System.Text.RegularExpressions;

namespace ToolboxAI.Local.Functions;

/// <summary>ISO 8601 durations of weeks, days, hours, minutes and seconds. Months and years have no fixed length and are refused.</summary>
internal static partial class IsoDuration
{
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is null || Form().Match(text) is not { Success: true } match || text[^1] is 'P' or 'T')
        {
            return false;
        }

        try
        {
            duration = TimeSpan.FromDays(checked((7 * Number(match, "w")) + Number(match, "d")))
                + TimeSpan.FromHours(Number(match, "h")) + TimeSpan.FromMinutes(Number(match, "m")) + TimeSpan.FromSeconds(Number(match, "s"));
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static double Number(Match match, string part) =>
        match.Groups[part] is { Success: true } group ? double.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^P(?:(?<w>\d+)W)?(?:(?<d>\d+)D)?(?:T(?:(?<h>\d+)H)?(?:(?<m>\d+)M)?(?:(?<s>\d+(?:\.\d{1,7})?)S)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
