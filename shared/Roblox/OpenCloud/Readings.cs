namespace ToolboxAI.Shared.Roblox.OpenCloud;

/// <summary>The kinds of owners that Roblox has.</summary>
public enum OwnerKind
{
    /// <summary>A user.</summary>
    User,

    /// <summary>A group.</summary>
    Group,
}

/// <summary>Whose assets and universes they are; its limits and quotas count.</summary>
public sealed record RobloxOwner(OwnerKind Kind, long Id)
{
    /// <summary>E.g. <c>user_1001</c>: the key of its rate budget.</summary>
    public override string ToString() => $"{(Kind == OwnerKind.User ? "user" : "group")}_{Id}";
}

/// <summary>A place of a universe.</summary>
public sealed record PlaceRef(long UniverseId, long PlaceId);

/// <summary>An asset to create.</summary>
/// <param name="Type"><c>Model</c>, <c>Audio</c>, <c>Decal</c>, <c>Image</c>, <c>Animation</c>, <c>Video</c>, <c>Mesh</c>.</param>
/// <param name="Name">Its display name.</param>
/// <param name="Description">At most 1,000 characters.</param>
/// <param name="Owner">Who is to own it.</param>
/// <param name="ExpectedPrice">The most Robux that the upload may cost; 0 for a free one.</param>
/// <param name="ContentType">The file's media type.</param>
public sealed record NewAsset(string Type, string Name, string Description, RobloxOwner Owner, long ExpectedPrice, string ContentType);

/// <summary>Where moderation stands.</summary>
public enum Moderation
{
    /// <summary>Not decided yet.</summary>
    Reviewing,

    /// <summary>The asset can be used.</summary>
    Approved,

    /// <summary>The asset can't be used.</summary>
    Rejected,
}

/// <summary>An asset as Roblox has it.</summary>
public sealed record AssetReading(long AssetId, long Revision, Moderation Moderation);

/// <summary>A long operation: still running, or with its asset, or with its error.</summary>
public sealed record OperationReading(string Id, bool Done, AssetReading? Asset, string? Error);

/// <summary>A quota of uploads.</summary>
/// <param name="AssetType">In Roblox's words, e.g. <c>AUDIO</c>.</param>
/// <param name="Usage">Uploads in the period.</param>
/// <param name="Capacity">The most.</param>
/// <param name="ResetsAt">When the period ends.</param>
public sealed record QuotaReading(string AssetType, long Usage, long Capacity, DateTimeOffset ResetsAt);

/// <summary>A version in a place's history.</summary>
public sealed record PlaceVersionReading(long Version, bool IsPublished, DateTimeOffset CreatedAt, long? CreatedBy);

/// <summary>A restart that was begun.</summary>
public sealed record RestartReading(string Id, int Players, int Servers);

/// <summary>What a restart of a place would do to its players.</summary>
public sealed record RestartForecast(long PlaceId, int Players, int Servers);

/// <summary>A game server.</summary>
public sealed record ServerReading(string JobId, int Players, double? FrameRate, bool IsActive);

/// <summary>A line of a game server's log.</summary>
public sealed record LogReading(DateTimeOffset At, bool IsError, string Message);

/// <summary>The state of a Luau execution task.</summary>
public enum LuauTaskState
{
    /// <summary>Queued or running.</summary>
    Running,

    /// <summary>It returned.</summary>
    Complete,

    /// <summary>It failed or was cancelled.</summary>
    Failed,
}

/// <summary>A Luau execution task.</summary>
/// <param name="Path">Its resource path, by which it is read.</param>
/// <param name="Version">The place's version that it runs on; null where the path does not say.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Error">What failed.</param>
/// <param name="Results">The script's return values as JSON; null until it is complete.</param>
public sealed record LuauTaskReading(string Path, long? Version, LuauTaskState State, string? Error, string? Results);
