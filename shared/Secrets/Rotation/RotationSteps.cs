using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>The steps of a rotation, each safe to repeat: what was done is read off the vault, never remembered elsewhere.</summary>
public sealed partial class RotationSteps(ISecrets secrets, SecretReader reader, IEnumerable<ICredentialSource> sources, TimeProvider clock, ILogger<RotationSteps> log)
{
    /// <summary>Adds the new version, pending. A version of this rotation that is there already, from an earlier try or an operator, is taken.</summary>
    public async Task Create(RotationStart start, CancellationToken ct)
    {
        if (await Find(start, ct) is null)
        {
            var made = await Source(start).Make(start.RotationId, ct);
            await secrets.Add(start.Name, new(made.Value, start.RotationId) { Pending = true, ExpiresAt = start.ExpiresAt, IssuerId = made.IssuerId }, ct);
        }

        Done(start.Name, start.RotationId, "created");
    }

    /// <summary>Uses the new version in the smallest way.</summary>
    public async Task Verify(RotationStart start, CancellationToken ct)
    {
        await Source(start).Verify(await New(start, ct), ct);
        Done(start.Name, start.RotationId, "verified");
    }

    /// <summary>Makes the new version the one that is used.</summary>
    public async Task Distribute(RotationStart start, CancellationToken ct)
    {
        await secrets.SetPending(start.Name, (await New(start, ct)).Version.Version, pending: false, ct);
        reader.Forget(start.Name);
        Done(start.Name, start.RotationId, "distributed");
    }

    /// <summary>Revokes and disables every older version: those that an earlier rotation left behind among them.</summary>
    public async Task Retire(RotationStart start, CancellationToken ct)
    {
        var kept = await New(start, ct);
        foreach (var version in await secrets.Versions(start.Name, ct))
        {
            if (version.Enabled && version.Version != kept.Version.Version && version.CreatedAt <= kept.Version.CreatedAt)
            {
                await End(start, version, kept, ct);
            }
        }

        Done(start.Name, start.RotationId, "retired the old version");
    }

    /// <summary>Revokes and disables the new version; the old one is used as before.</summary>
    public async Task Undo(RotationStart start, CancellationToken ct)
    {
        if (await Find(start, ct) is { Enabled: true } version)
        {
            // Held back first, so that nobody takes it up any more; disabled last, so that a repetition can still read what it ends.
            await secrets.SetPending(start.Name, version.Version, pending: true, ct);
            reader.Forget(start.Name);
            await End(start, version, kept: null, ct);
        }

        Done(start.Name, start.RotationId, "undone");
    }

    private async Task End(RotationStart start, SecretVersion version, Secret? kept, CancellationToken ct)
    {
        if (await secrets.Read(start.Name, version.Version, ct) is { } value)
        {
            await Source(start).Revoke(new(version, value), kept, ct);
        }

        await secrets.Disable(start.Name, version.Version, ct);
        reader.Forget(start.Name);
    }

    private async Task<SecretVersion?> Find(RotationStart start, CancellationToken ct) =>
        (await secrets.Versions(start.Name, ct)).FirstOrDefault(version => version.Operation == start.RotationId);

    private async Task<Secret> New(RotationStart start, CancellationToken ct) =>
        await Find(start, ct) is { } version && SecretRules.IsUsable(version, clock.GetUtcNow()) && await secrets.Read(start.Name, version.Version, ct) is { } value
            ? new(version, value)
            : throw new SecretsException(GatewayFailure.Permanent, $"The version of {start.Name} that {start.RotationId} added is gone, disabled or expired.");

    private ICredentialSource Source(RotationStart start) => sources.First(source => source.Name == start.Name);

    [LoggerMessage(4010, LogLevel.Information, "Rotation {RotationId} of the secret {Name}: {What}")]
    private partial void Done(string name, string rotationId, string what);
}
