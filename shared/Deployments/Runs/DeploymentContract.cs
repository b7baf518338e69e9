using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolboxAI.Shared.Deployments.Releases;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Roblox.OpenCloud;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Deployments.Runs;

/// <summary>What a run does.</summary>
public enum DeploymentKind
{
    /// <summary>Brings a new release.</summary>
    Deploy,

    /// <summary>Brings an earlier version back.</summary>
    Rollback,
}

/// <summary>What a run is started from.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Id"><c>dep_…</c>.</param>
/// <param name="Fence">The fence under which it calls Roblox.</param>
/// <param name="Attempt">From 1; each retry is a run of its own.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Release">What is brought; for a rollback null.</param>
/// <param name="Goal">The version that is brought back: by a rollback, or when a release proves bad. Null when there was none.</param>
public sealed record DeploymentStart(
    TenantId Tenant, string Id, long Fence, int Attempt, DeploymentKind Kind, Release? Release, ReleaseVersion? Goal)
{
    /// <summary>The orchestration's name.</summary>
    public const string Orchestration = "DeployExperience";

    /// <summary>The event that tells a run what a person decided.</summary>
    public const string Signal = "DeploymentSignal";

    /// <summary>The run's instance id.</summary>
    public string InstanceId => InstanceIdOf(Tenant, Id, Attempt);

    /// <summary>The experience's name.</summary>
    public string Experience => Release?.Experience ?? Goal!.Experience;

    /// <summary>The environment that is changed.</summary>
    public string Environment => Release?.Target.Environment ?? Goal!.Environment;

    /// <summary>Whose limits count.</summary>
    public RobloxOwner Owner => Release?.Owner ?? Goal!.Owner;

    /// <summary>The key of the experience that is changed.</summary>
    public string Key => ExperienceState.KeyOf(Experience, Environment);

    /// <summary>The instance id of a deployment's run.</summary>
    public static string InstanceIdOf(TenantId tenant, string id, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{tenant}-{id}-{attempt}");
}

/// <summary>The orchestration's input: how far an earlier attempt, or history, came.</summary>
public sealed record DeploymentInput(DeploymentStart Start, DeploymentState State);

/// <summary>What a person says to a run.</summary>
public enum DeploymentSignalKind
{
    /// <summary>Go to production.</summary>
    Approve,

    /// <summary>Don't.</summary>
    Reject,

    /// <summary>Upload a paid asset again.</summary>
    RepeatUpload,

    /// <summary>The asset is there: use this id.</summary>
    UseAsset,

    /// <summary>Another run has taken the experience.</summary>
    Stop,
}

/// <summary>A person's word.</summary>
/// <param name="Kind">What.</param>
/// <param name="By">The API key's id.</param>
/// <param name="Asset">Which asset.</param>
/// <param name="AssetId">Its id.</param>
public sealed record DeploymentSignal(DeploymentSignalKind Kind, string By, string? Asset = null, long? AssetId = null);

/// <summary>
/// The queue's message: start the run that is not there yet, or tell it a person's word. It only names the deployment, whose row has the
/// rest: a release can be larger than a message may be.
/// </summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Id">The deployment.</param>
/// <param name="Attempt">Which of its runs.</param>
/// <param name="Signal">The word; null to start the run.</param>
public sealed record DeploymentCall(TenantId Tenant, string Id, int Attempt, DeploymentSignal? Signal = null)
{
    /// <summary>The queue.</summary>
    public const string Queue = "deployments";

    /// <summary>The call of a deployment's run.</summary>
    public static DeploymentCall Of(DeploymentStart start, DeploymentSignal? signal = null) => new(start.Tenant, start.Id, start.Attempt, signal);

    /// <summary>Reads a message, also one of the earlier form, which carries all that its run is started from: such ones wait in a queue while a release is rolled out.</summary>
    public static DeploymentCall Read(string message)
    {
        var body = JsonNode.Parse(message)!;
        return body["start"] is { } start
            ? new(start["tenant"].Deserialize<TenantId>(ApiJson.Options), (string)start["id"]!, (int)start["attempt"]!, body["signal"].Deserialize<DeploymentSignal>(ApiJson.Options))
            : body.Deserialize<DeploymentCall>(ApiJson.Options)!;
    }
}
