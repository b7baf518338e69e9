using System.Globalization;
using System.Text.RegularExpressions;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>
/// What becomes of an asset, by words in its display name: <c>(rejected)</c> is refused by moderation, <c>(review)</c> is reviewed for a
/// minute, <c>(broken)</c> fails in processing, <c>(slow)</c> takes half a minute, <c>(costs 10)</c> costs ten Robux. Any other is ready
/// after two seconds, free and approved.
/// </summary>
internal sealed partial record AssetBehaviour(TimeSpan Takes, TimeSpan Review, bool Rejected, bool Fails, long Price)
{
    public static AssetBehaviour Of(string displayName) => new(
        TimeSpan.FromSeconds(displayName.Contains("(slow)", StringComparison.Ordinal) ? 30 : 2),
        TimeSpan.FromSeconds(displayName.Contains("(review)", StringComparison.Ordinal) ? 60 : 0),
        displayName.Contains("(rejected)", StringComparison.Ordinal),
        displayName.Contains("(broken)", StringComparison.Ordinal),
        Costs().Match(displayName) is { Success: true } price ? long.Parse(price.Groups[1].Value, CultureInfo.InvariantCulture) : 0);

    [GeneratedRegex(@"\(costs (\d{1,6})\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Costs();
}
