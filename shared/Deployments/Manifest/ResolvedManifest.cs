using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Shared.Deployments.Manifest;

/// <summary>A manifest for one environment: inherited, with its variables put in.</summary>
/// <param name="Experience">The experience's name.</param>
/// <param name="Owner">Whose limits and quotas count.</param>
/// <param name="KeyName">The name of the secret that holds the Open Cloud key.</param>
/// <param name="Places">Place files by name.</param>
/// <param name="Assets">The assets, each after those that it needs.</param>
/// <param name="ByHand">What Open Cloud has no call for, in words.</param>
/// <param name="Smoke">The test on staging; null for none.</param>
/// <param name="Policy">How a release goes to production.</param>
/// <param name="Target">Where the release goes.</param>
/// <param name="Staging">Where it is tried first; null when it goes straight to its target.</param>
public sealed record ResolvedManifest(
    string Experience,
    RobloxOwner Owner,
    string KeyName,
    IReadOnlyDictionary<string, string> Places,
    IReadOnlyList<AssetSpec> Assets,
    IReadOnlyList<string> ByHand,
    SmokeSpec? Smoke,
    ReleasePolicy Policy,
    ReleaseTarget Target,
    ReleaseTarget? Staging)
{
    /// <summary>The files that it names, and as what: <c>Place</c>, <c>Script</c> or an asset type.</summary>
    public IEnumerable<(string File, string Type)> Files => Places.Values.Select(file => (file, "Place"))
        .Concat(Assets.Select(asset => (asset.File, asset.Type))).Concat(Smoke is null ? [] : [(Smoke.File, "Script")]).Distinct();
}

/// <summary>An asset as the manifest wants it.</summary>
/// <param name="Name">Its name in the manifest; scripts name it <c>toolbox://assets/name</c>.</param>
/// <param name="Type">Roblox's asset type.</param>
/// <param name="File">Its file.</param>
/// <param name="DisplayName">What Roblox shows.</param>
/// <param name="Description">At most 1,000 characters.</param>
/// <param name="Price">The most Robux that its upload may cost.</param>
/// <param name="InPlace">A changed Model keeps its id: live at once wherever it is used.</param>
/// <param name="Needs">Assets that must be there first.</param>
public sealed record AssetSpec(string Name, string Type, string File, string DisplayName, string Description, long Price, bool InPlace, IReadOnlyList<string> Needs);

/// <summary>The test on staging.</summary>
public sealed record SmokeSpec(string File, int TimeoutSeconds);

/// <summary>How a release goes to production.</summary>
/// <param name="NeedsApproval">A person with another key must say yes.</param>
/// <param name="ApprovalHours">1 to 720: so long it waits for that.</param>
/// <param name="WatchMinutes">1 to 120: so long health is watched after the last restart.</param>
/// <param name="MaxErrorsPerServerMinute">More errors in the servers' logs than the baseline and this: back.</param>
/// <param name="MaxPlayerDropPercent">More players gone, compared with the baseline: back.</param>
public sealed record ReleasePolicy(bool NeedsApproval, int ApprovalHours, int WatchMinutes, double MaxErrorsPerServerMinute, int MaxPlayerDropPercent);

/// <summary>An environment's universe.</summary>
/// <param name="Environment">Its name.</param>
/// <param name="UniverseId">The universe.</param>
/// <param name="Places">Place ids by the places' names.</param>
/// <param name="Config">What the data-store entry <c>toolbox/config</c> holds, as JSON.</param>
public sealed record ReleaseTarget(string Environment, long UniverseId, IReadOnlyDictionary<string, long> Places, string Config);

/// <summary>The manifest can't be used.</summary>
/// <param name="Line">Where, counted from 1; null when it is no one place.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
public sealed record ManifestError(long? Line, string Message);
