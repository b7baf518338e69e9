using ToolboxAI.Shared.Luau.Scan;
using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Shared.Deployments.Releases;

/// <summary>A finding in a release.</summary>
/// <param name="File">The place or asset.</param>
/// <param name="Script">The script's path in it.</param>
/// <param name="Rule">The rule's id.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Line">From 1.</param>
/// <param name="Message">What was found.</param>
public sealed record ReleaseFinding(string File, string Script, string Rule, Severity Severity, int Line, string Message);

/// <summary>What the scan of a release's scripts says.</summary>
/// <param name="Findings">Findings that nobody has accepted, at most 200.</param>
/// <param name="Capabilities">What the scripts need, in the order of the alphabet.</param>
/// <param name="Refused">Why the release can't go on; null when it can.</param>
public sealed record ReleaseScanReport(IReadOnlyList<ReleaseFinding> Findings, IReadOnlyList<string> Capabilities, string? Refused);

/// <summary>Scans the scripts in a release's places and models.</summary>
public static class ReleaseScan
{
    private const int MostFindings = 200;

    /// <summary>Scans files by their names in the manifest, one after the other; those that hold no scripts are checked as media.</summary>
    /// <param name="files">The file's name, what it is (<c>Place</c> or an asset type), and its content's hash.</param>
    /// <param name="read">Reads content.</param>
    /// <param name="assets">The assets' names: a place may name no other.</param>
    /// <param name="today">For suppressions that end.</param>
    public static async Task<ReleaseScanReport> Run(
        IEnumerable<(string Name, string Type, string Sha256)> files, Func<string, Task<byte[]>> read, IReadOnlySet<string> assets, DateOnly today)
    {
        var findings = new List<ReleaseFinding>();
        var capabilities = new SortedSet<string>(StringComparer.Ordinal);
        string? refused = null;
        foreach (var (name, type, sha256) in files)
        {
            var content = await read(sha256);
            if (type is "Place" or "Model" or "Animation" && (type == "Place" || RobloxFile.FormatOf(content) is not null))
            {
                refused ??= Scan(name, content, assets, today, findings, capabilities);
            }
            else if (type is "Image" or "Decal" or "Audio" && MediaFile.Check(content) is { } bad)
            {
                refused ??= $"{name}: {bad.Message}";
            }
        }

        var worst = findings.Find(finding => finding.Severity == Severity.Error);
        return new(
            [.. findings.OrderByDescending(finding => finding.Severity).Take(MostFindings)],
            [.. capabilities],
            refused ?? (worst is null ? null : $"{worst.File}, {worst.Script}, line {worst.Line}: {worst.Message} ({worst.Rule})"));
    }

    private static string? Scan(string name, byte[] content, IReadOnlySet<string> assets, DateOnly today, List<ReleaseFinding> findings, SortedSet<string> capabilities)
    {
        try
        {
            var document = RobloxFile.Read(content);
            foreach (var script in ScanResult.Of(document, ScanOptions.Default, Baseline.Empty, today).Scripts)
            {
                capabilities.UnionWith(script.Capabilities);
                findings.AddRange(script.Findings.Where(finding => finding.Suppressed is null).Select(finding =>
                    new ReleaseFinding(name, script.Path, finding.Rule, finding.Severity, finding.Location.Line, finding.Message)));
            }

            return PlaceRendering.Names(document).FirstOrDefault(named => !assets.Contains(named)) is { } unknown
                ? $"{name}: a script names the asset '{unknown}', which the manifest does not have."
                : null;
        }
        catch (FileRefusedException e)
        {
            return $"{name}: {e.Refusal.Message}";
        }
    }
}
