using System.Text.Json.Serialization;
using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Shared.Deployments.Releases;

/// <summary>What is done about an asset.</summary>
public enum AssetAction
{
    /// <summary>Nothing: Roblox has this content under a known id.</summary>
    Keep,

    /// <summary>It is uploaded and gets a new id.</summary>
    Create,

    /// <summary>A Model's content is changed under its id: live at once.</summary>
    ChangeInPlace,
}

/// <summary>A place's file of a release.</summary>
public sealed record ReleasePlace(string Name, string Sha256);

/// <summary>An asset of a release.</summary>
/// <param name="Spec">What the manifest says.</param>
/// <param name="Sha256">Its content.</param>
/// <param name="Action">What is done.</param>
/// <param name="AssetId">Its id, unless it is created.</param>
/// <param name="Revision">The revision that is there, where it is known.</param>
public sealed record ReleaseAsset(AssetSpec Spec, string Sha256, AssetAction Action, long? AssetId, long? Revision);

/// <summary>Where a release comes from.</summary>
/// <param name="CreatedBy">The API key's id.</param>
/// <param name="Commit">The source's commit; null when the caller did not say.</param>
/// <param name="Tools">Names and versions of the tools that built it.</param>
public sealed record Provenance(string CreatedBy, string? Commit, IReadOnlyDictionary<string, string> Tools);

/// <summary>Everything that a deployment carries out.</summary>
/// <param name="Experience">The experience.</param>
/// <param name="Version">Semantic.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="KeyName">The secret with the key.</param>
/// <param name="Places">The places' files.</param>
/// <param name="Assets">The assets.</param>
/// <param name="SmokeSha256">The test on staging; null for none.</param>
/// <param name="SmokeTimeoutSeconds">How long it may take.</param>
/// <param name="Policy">How it goes to production.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Staging">Where it is tried first; null when it goes straight to its target.</param>
/// <param name="ManifestSha256">The manifest.</param>
/// <param name="Provenance">Where it comes from.</param>
/// <param name="Seen">The newest version of each place that the plan saw at Roblox; null when Roblox did not say.</param>
public sealed record Release(
    string Experience,
    string Version,
    RobloxOwner Owner,
    string KeyName,
    IReadOnlyList<ReleasePlace> Places,
    IReadOnlyList<ReleaseAsset> Assets,
    string? SmokeSha256,
    int SmokeTimeoutSeconds,
    ReleasePolicy Policy,
    ReleaseTarget Target,
    ReleaseTarget? Staging,
    string ManifestSha256,
    Provenance Provenance,
    IReadOnlyDictionary<string, long>? Seen = null)
{
    /// <summary>The content that carrying it out needs.</summary>
    [JsonIgnore]
    public IEnumerable<string> Contents =>
        [.. Places.Select(place => place.Sha256), .. Assets.Select(asset => asset.Sha256), .. SmokeSha256 is null ? [] : new[] { SmokeSha256 }, ManifestSha256];
}

/// <summary>An asset as a complete version has it.</summary>
public sealed record LiveAsset(string Type, long AssetId, long Revision, string Sha256, bool InPlace);

/// <summary>A version that was complete on its environment once: enough to bring it back.</summary>
/// <param name="Experience">The experience.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Version">Semantic.</param>
/// <param name="Places">The bytes that were published, by place.</param>
/// <param name="Assets">The assets, by name.</param>
/// <param name="Artefacts">The semantic version of each artefact, by its kind and name.</param>
/// <param name="Capabilities">What its scripts need.</param>
/// <param name="Target">Where it was.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="KeyName">The secret with the key.</param>
/// <param name="Policy">Its policy.</param>
/// <param name="BundleSha256">Its bundle.</param>
/// <param name="Provenance">Where it comes from.</param>
/// <param name="DeploymentId">The deployment that brought it.</param>
/// <param name="CompletedAt">Business time.</param>
public sealed record ReleaseVersion(
    string Experience,
    string Environment,
    string Version,
    IReadOnlyDictionary<string, string> Places,
    IReadOnlyDictionary<string, LiveAsset> Assets,
    IReadOnlyDictionary<string, string> Artefacts,
    IReadOnlyList<string> Capabilities,
    ReleaseTarget Target,
    RobloxOwner Owner,
    string KeyName,
    ReleasePolicy Policy,
    string BundleSha256,
    Provenance Provenance,
    string DeploymentId,
    DateTimeOffset CompletedAt)
{
    /// <summary>The content that bringing it back needs.</summary>
    [JsonIgnore]
    public IEnumerable<string> Contents => [.. Places.Values, .. Assets.Values.Select(asset => asset.Sha256), BundleSha256];
}
