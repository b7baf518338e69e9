namespace ToolboxAI.Shared.Roblox.OpenCloud;

/// <summary>A call that Roblox limits by itself: each has its own number of calls a minute for each owner of keys.</summary>
public enum RobloxEndpoint
{
    /// <summary>POST assets.</summary>
    CreateAsset,

    /// <summary>PATCH an asset.</summary>
    UpdateAsset,

    /// <summary>GET an asset.</summary>
    ReadAsset,

    /// <summary>GET an operation.</summary>
    ReadOperation,

    /// <summary>POST versions:rollback.</summary>
    RollBackAsset,

    /// <summary>GET asset-quotas.</summary>
    ReadQuotas,

    /// <summary>PATCH asset permissions.</summary>
    GrantAssets,

    /// <summary>POST a place's versions.</summary>
    PublishPlace,

    /// <summary>GET a place's history.</summary>
    ReadHistory,

    /// <summary>POST restarts.</summary>
    RestartServers,

    /// <summary>GET restarts.</summary>
    ReadRestarts,

    /// <summary>GET restarts:forecast.</summary>
    ForecastRestart,

    /// <summary>GET game-servers.</summary>
    ReadServers,

    /// <summary>GET a game server's logs.</summary>
    ReadLogs,

    /// <summary>POST a Luau execution task on a version.</summary>
    RunLuau,

    /// <summary>POST a Luau execution task on the newest version.</summary>
    RunNewestLuau,

    /// <summary>GET a Luau execution task.</summary>
    ReadLuau,

    /// <summary>GET or PATCH a data-store entry.</summary>
    Entries,

    /// <summary>GET a universe.</summary>
    ReadUniverse,
}

/// <summary>What the limits are until an answer says otherwise.</summary>
public static class RobloxLimits
{
    /// <summary>Calls a minute where nothing better is known.</summary>
    public const int Unknown = 60;

    /// <summary>
    /// Calls a minute for each owner: <c>x-roblox-rate-limits</c> of the official description (creator-docs, August 2026). Where the guides
    /// say less than the description, the smaller number. Entries share the live game's throughput, so we take no more than the default.
    /// </summary>
    public static int PerMinute(RobloxEndpoint endpoint) => endpoint switch
    {
        RobloxEndpoint.CreateAsset or RobloxEndpoint.UpdateAsset or RobloxEndpoint.ReadAsset => 120,
        RobloxEndpoint.ReadOperation => 300,
        RobloxEndpoint.RollBackAsset or RobloxEndpoint.GrantAssets or RobloxEndpoint.ReadUniverse => 100,
        RobloxEndpoint.PublishPlace => 30,
        RobloxEndpoint.ReadHistory => 1000,
        RobloxEndpoint.RestartServers or RobloxEndpoint.ReadRestarts or RobloxEndpoint.ForecastRestart => 100,
        RobloxEndpoint.ReadServers or RobloxEndpoint.ReadLogs => 100,
        RobloxEndpoint.RunLuau or RobloxEndpoint.RunNewestLuau => 5,
        RobloxEndpoint.ReadLuau => 45,
        _ => Unknown,
    };
}
