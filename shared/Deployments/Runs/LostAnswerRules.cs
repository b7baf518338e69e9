using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>What is known after an answer was lost.</summary>
public enum LostAnswer
{
    /// <summary>Nothing happened: do it again.</summary>
    NotMade,

    /// <summary>It may have happened; again costs nothing, what is there already is an orphan.</summary>
    RepeatFree,

    /// <summary>It may have happened and may have been paid: a person decides.</summary>
    AskPerson,
}

/// <summary>Publishing and uploading are not idempotent: what is done when their answer was lost.</summary>
public static class LostAnswerRules
{
    /// <summary>
    /// An upload. A quota that has not moved in the same period shows that nothing was uploaded; one that moved tells no id, and other
    /// uploads move it as well.
    /// </summary>
    public static LostAnswer OfUpload(long price, string assetType, IReadOnlyList<QuotaReading>? before, IReadOnlyList<QuotaReading>? after)
    {
        var (was, now) = (Quota(before, assetType), Quota(after, assetType));
        return was is not null && was == now ? LostAnswer.NotMade : price == 0 ? LostAnswer.RepeatFree : LostAnswer.AskPerson;
    }

    /// <summary>
    /// A publication, by the history. Exactly one new version that our owner published is ours; none: it is repeated; more, or somebody
    /// else's: it is repeated, so that the last version is ours, and those before are orphans.
    /// </summary>
    /// <param name="before">The newest version before the call.</param>
    /// <param name="owner">Whose key it is; a group's versions carry a member's id.</param>
    /// <param name="history">The newest versions now.</param>
    public static (long? Ours, IReadOnlyList<long> Orphans) OfPublication(long before, RobloxOwner owner, IReadOnlyList<PlaceVersionReading> history)
    {
        var fresh = history.Where(version => version.Version > before).ToList();
        return fresh is [{ IsPublished: true } only] && (owner.Kind == OwnerKind.Group || only.CreatedBy is null || only.CreatedBy == owner.Id)
            ? (only.Version, [])
            : (null, [.. fresh.Select(version => version.Version).Order()]);
    }

    private static QuotaReading? Quota(IReadOnlyList<QuotaReading>? quotas, string assetType) =>
        quotas?.FirstOrDefault(quota => string.Equals(quota.AssetType, assetType, StringComparison.OrdinalIgnoreCase));
}
