using System.Text;
using System.Text.RegularExpressions;
using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Shared.Deployments.Releases;

/// <summary>Puts the ids of a release's assets where a place's scripts name them: <c>toolbox://assets/name</c> becomes <c>rbxassetid://id</c>.</summary>
public static partial class PlaceRendering
{
    /// <summary>The assets that the scripts of a place name.</summary>
    public static IReadOnlySet<string> Names(RobloxDocument place) => place.Scripts
        .SelectMany(script => Link().Matches(Encoding.Latin1.GetString(script.Source.Span))).Select(match => match.Groups[1].Value).ToHashSet();

    /// <summary>The place with ids instead of names; every byte that is no such name stays.</summary>
    /// <exception cref="KeyNotFoundException">A script names an asset that has no id.</exception>
    public static byte[] Render(byte[] place, IReadOnlyDictionary<string, long> assetIds)
    {
        var scripts = RobloxFile.Read(place).Scripts;
        var changed = new Dictionary<int, byte[]>();
        for (var number = 0; number < scripts.Count; number++)
        {
            // Latin-1 keeps every byte as it is, whatever the source's encoding.
            var source = Encoding.Latin1.GetString(scripts[number].Source.Span);
            var rendered = Link().Replace(source, match => FormattableString.Invariant($"rbxassetid://{assetIds[match.Groups[1].Value]}"));
            if (rendered != source)
            {
                changed[number] = Encoding.Latin1.GetBytes(rendered);
            }
        }

        return changed.Count == 0 ? place : ScriptEditor.Replace(place, changed);
    }

    [GeneratedRegex("toolbox://assets/([a-z][a-z0-9-]{0,39})", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();
}
