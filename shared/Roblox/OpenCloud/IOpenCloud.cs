namespace ToolboxAI.Shared.Roblox.OpenCloud;

/// <summary>
/// Roblox's Open Cloud, in our nouns. Every method throws <see cref="RobloxException"/>: transient and permanent mean that nothing happened,
/// unclear that it may have. Nothing is tried again in here.
/// </summary>
public interface IOpenCloud
{
    /// <summary>Whose a universe is.</summary>
    Task<Reply<RobloxOwner>> ReadUniverse(string key, long universeId, CancellationToken ct);

    /// <summary>Begins an upload. Not idempotent, and it may cost Robux.</summary>
    Task<Reply<OperationReading>> CreateAsset(string key, NewAsset asset, ReadOnlyMemory<byte> content, CancellationToken ct);

    /// <summary>Begins a change of a Model's content, which becomes a new version.</summary>
    Task<Reply<OperationReading>> UpdateAsset(string key, long assetId, NewAsset asset, ReadOnlyMemory<byte> content, CancellationToken ct);

    /// <summary>Reads an operation.</summary>
    Task<Reply<OperationReading>> ReadOperation(string key, string operationId, CancellationToken ct);

    /// <summary>Reads an asset with its moderation.</summary>
    Task<Reply<AssetReading>> ReadAsset(string key, long assetId, CancellationToken ct);

    /// <summary>Makes an old version's content a new version; its number.</summary>
    Task<Reply<long>> RollBackAsset(string key, long assetId, long revision, CancellationToken ct);

    /// <summary>The upload quotas of a user; groups have none.</summary>
    Task<Reply<IReadOnlyList<QuotaReading>>> ReadQuotas(string key, long userId, CancellationToken ct);

    /// <summary>Lets a universe use assets; those that could not be granted.</summary>
    Task<Reply<IReadOnlyList<long>>> GrantAssets(string key, long universeId, IReadOnlyList<long> assetIds, CancellationToken ct);

    /// <summary>Publishes a place file; the new version's number. Not idempotent.</summary>
    Task<Reply<long>> PublishPlace(string key, PlaceRef place, ReadOnlyMemory<byte> content, CancellationToken ct);

    /// <summary>The newest versions of a place, the newest first, at most 50.</summary>
    Task<Reply<IReadOnlyList<PlaceVersionReading>>> ReadHistory(string key, PlaceRef place, CancellationToken ct);

    /// <summary>Restarts the servers of places that run another version than the newest.</summary>
    Task<Reply<RestartReading>> RestartServers(string key, long universeId, IReadOnlyList<long> placeIds, CancellationToken ct);

    /// <summary>Has a restart ended at all its places? One that is not listed any more has.</summary>
    Task<Reply<bool>> HasRestarted(string key, long universeId, string restartId, CancellationToken ct);

    /// <summary>What a restart would do.</summary>
    Task<Reply<IReadOnlyList<RestartForecast>>> ForecastRestart(string key, long universeId, CancellationToken ct);

    /// <summary>The servers that run a version of a place, at most 100.</summary>
    Task<Reply<IReadOnlyList<ServerReading>>> ReadServers(string key, PlaceRef place, long version, CancellationToken ct);

    /// <summary>The newest lines of a server's log, at most 100.</summary>
    Task<Reply<IReadOnlyList<LogReading>>> ReadLogs(string key, PlaceRef place, long version, string jobId, CancellationToken ct);

    /// <summary>Runs a script on a version of a place; null is the one that is newest when the task starts. Its calls of data stores are real.</summary>
    Task<Reply<LuauTaskReading>> RunLuau(string key, PlaceRef place, long? version, string script, TimeSpan timeout, CancellationToken ct);

    /// <summary>Reads a Luau execution task.</summary>
    Task<Reply<LuauTaskReading>> ReadLuau(string key, string path, CancellationToken ct);

    /// <summary>A data-store entry's value as JSON; null when there is none.</summary>
    Task<Reply<string?>> ReadEntry(string key, long universeId, string store, string entry, CancellationToken ct);

    /// <summary>Writes a data-store entry's whole value. Doing so twice changes nothing.</summary>
    Task<Reply<bool>> WriteEntry(string key, long universeId, string store, string entry, string json, CancellationToken ct);
}
