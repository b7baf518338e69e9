using ToolboxAI.Shared.Deployments.Runs;

namespace ToolboxAI.Shared.Deployments.Releases;

/// <summary>Numbers versions, and says what a complete version is.</summary>
public static class VersionRules
{
    /// <summary>
    /// The next version of a release: the major number grows when a place or asset goes away, the minor one when one comes or scripts
    /// need more, the patch number otherwise.
    /// </summary>
    public static SemanticVersion Next(SemanticVersion? last, bool removes, bool adds) =>
        last is not { } version ? SemanticVersion.First : removes ? version.NextMajor : adds ? version.NextMinor : version.NextPatch;

    /// <summary>What a release is, now that all of it is live.</summary>
    public static ReleaseVersion Completed(string deploymentId, Release release, DeploymentState state, ReleaseVersion? before, DateTimeOffset now)
    {
        var assets = release.Assets.ToDictionary(asset => asset.Spec.Name, asset =>
        {
            var progress = state.Assets.GetValueOrDefault(asset.Spec.Name);
            return new LiveAsset(asset.Spec.Type, progress?.AssetId ?? asset.AssetId!.Value, progress?.Revision ?? asset.Revision ?? 1, asset.Sha256, asset.Spec.InPlace);
        });
        var artefacts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var place in release.Places)
        {
            var name = $"place/{place.Name}";
            artefacts[name] = Artefact(before, name, before?.Places.GetValueOrDefault(place.Name) == state.Rendered[place.Name]);
        }

        foreach (var (name, asset) in assets)
        {
            artefacts[$"asset/{name}"] = Artefact(before, $"asset/{name}", before?.Assets.GetValueOrDefault(name)?.Sha256 == asset.Sha256);
        }

        return new(
            release.Experience,
            release.Target.Environment,
            release.Version,
            state.Rendered,
            assets,
            artefacts,
            state.Capabilities,
            release.Target,
            release.Owner,
            release.KeyName,
            release.Policy,
            state.BundleSha256 ?? "",
            release.Provenance,
            deploymentId,
            now);
    }

    private static string Artefact(ReleaseVersion? before, string name, bool isSame)
    {
        var last = SemanticVersion.Parse(before?.Artefacts.GetValueOrDefault(name));
        return (isSame && last is { } same ? same : Next(last, removes: false, adds: false)).ToString();
    }
}
