using ToolboxAI.Shared.Roblox.Files;

namespace ToolboxAI.Shared.Deployments.Releases;

/// <summary>A release's file, before anything of it is read.</summary>
/// <param name="Name">What the person who wrote the manifest knows it by.</param>
/// <param name="Type"><c>Place</c>, <c>Script</c> or an asset type.</param>
/// <param name="Sha256">Its content.</param>
/// <param name="Bytes">How large that is.</param>
public sealed record ReleaseFile(string Name, string Type, string Sha256, long Bytes);

/// <summary>How large a release's files may be. Nothing larger is ever read: the scan and the bundle hold them in memory.</summary>
public static class ReleaseLimits
{
    /// <summary>All files together.</summary>
    public const long Together = 256 << 20;

    /// <summary>A script that tests: Roblox takes none larger.</summary>
    public const long Script = 4 << 20;

    /// <summary>The most bytes of a file. Roblox takes assets of 20 MB; videos may be larger there, here the release is their limit.</summary>
    public static long Most(string type) => type switch
    {
        "Place" => FileLimits.Default.MaxFile,
        "Script" => Script,
        "Video" => Together,
        _ => MediaFile.MaxBytes,
    };

    /// <summary>Why files are too large, alone or together; null when they are not.</summary>
    public static string? Refusal(IReadOnlyList<ReleaseFile> files)
    {
        if (files.FirstOrDefault(file => file.Bytes > Most(file.Type)) is { } large)
        {
            return FormattableString.Invariant($"{large.Name} has {large.Bytes:N0} bytes; a {large.Type} may have {Most(large.Type):N0}.");
        }

        var together = files.DistinctBy(file => file.Sha256).Sum(file => file.Bytes);
        return together > Together
            ? FormattableString.Invariant($"The release's files have {together:N0} bytes together; a release may have {Together:N0}. Make them smaller, or upload what seldom changes by hand and name it by its id.")
            : null;
    }
}
