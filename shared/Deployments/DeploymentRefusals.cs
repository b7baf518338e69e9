using ToolboxAI.Shared.Deployments.Manifest;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Deployments;

/// <summary>The manifest can't be used.</summary>
public sealed record InvalidManifest(IReadOnlyList<ManifestError> Errors) : UnprocessableRefusal(
    "invalid_manifest", string.Join(" ", Errors.Select(error => error.Line is { } line ? $"Line {line}: {error.Message}" : error.Message)));

/// <summary>The request gives no hash of a file that the manifest names.</summary>
public sealed record FileNotNamed(string File) : UnprocessableRefusal("file_not_named", $"files has no SHA-256 (64 lower-case hex digits) of '{File}', which the manifest names.");

/// <summary>A file was not uploaded.</summary>
public sealed record ContentMissing(string File, string Sha256) : UnprocessableRefusal("content_missing", $"Upload '{File}' ({Sha256}) first.");

/// <summary>A file, or all together, are larger than a deployment takes.</summary>
public sealed record FilesTooLarge(string Why) : UnprocessableRefusal("files_too_large", Why);

/// <summary>The version is none, or not a later one.</summary>
public sealed record InvalidVersion(string Version, string? Last)
    : UnprocessableRefusal("invalid_version", $"'{Version}' must be a version such as 1.4.0{(Last is null ? "" : $", later than {Last}")}.");

/// <summary>No such plan, for this tenant.</summary>
public sealed record PlanNotFound() : NotFoundRefusal("plan_not_found", "There is no plan with this hash.");

/// <summary>The plan says itself why it can't be applied.</summary>
public sealed record PlanBlocked(string Why) : UnprocessableRefusal("plan_blocked", Why);

/// <summary>What is live has changed since, or a day has passed.</summary>
public sealed record PlanOutdated() : ConflictRefusal("plan_outdated", "The state has moved since this plan was made; plan again.");

/// <summary>Somebody has changed a place at Roblox since the plan.</summary>
public sealed record PlaceMoved(string How) : ConflictRefusal("plan_outdated", How);

/// <summary>Another run has the experience.</summary>
public sealed record ExperienceBusy(string By) : ConflictRefusal("experience_busy", $"Deployment {By} is under way; wait for it, or roll it back.");

/// <summary>No such deployment, for this tenant.</summary>
public sealed record DeploymentNotFound() : NotFoundRefusal("deployment_not_found", "There is no such deployment.");

/// <summary>The deployment does not wait for that.</summary>
public sealed record NotAwaited(string Status) : ConflictRefusal("not_awaited", $"The deployment does not wait for this; it is {Status}.");

/// <summary>Who starts a deployment does not approve it.</summary>
public sealed record OwnDeployment() : ForbiddenRefusal("own_deployment", "Another key than the one that started the deployment must approve it.");

/// <summary>No such version to go back to.</summary>
public sealed record VersionNotFound(string Version) : NotFoundRefusal("version_not_found", $"There is no complete version {Version}.");

/// <summary>Nothing was complete before.</summary>
public sealed record NothingToGoBackTo() : ConflictRefusal("nothing_to_go_back_to", "No earlier version was ever complete.");

/// <summary>The version before this deployment is live as it is: the deployment changed nothing, or was taken back.</summary>
public sealed record AlreadyLive(string Version)
    : ConflictRefusal("already_live", $"Version {Version}, the one before this deployment, is live. Roll back the deployment that brought it, or name the version to bring back.");

/// <summary>The chunk is not what its hash says.</summary>
public sealed record ChunkDamaged() : UnprocessableRefusal("chunk_damaged", "The chunk's bytes don't have the SHA-256 that X-Chunk-SHA256 gives; send it again.");

/// <summary>The upload is not whole, or another file.</summary>
public sealed record UploadDamaged() : UnprocessableRefusal("upload_damaged", "A chunk is missing, or the whole has another SHA-256; begin the upload anew.");
