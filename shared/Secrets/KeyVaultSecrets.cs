using System.Net;
using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Secrets;

/// <summary>Secrets in Azure Key Vault.</summary>
/// <param name="reader">Asks again while it is throttled or not answered: reading twice does no harm.</param>
/// <param name="writer">Never asks again: a second PUT would be a second version.</param>
public sealed class KeyVaultSecrets(SecretClient reader, SecretClient writer) : ISecrets
{
    private const string OperationTag = "operation";
    private const string StageTag = "stage";
    private const string IssuerTag = "issuer-id";
    private const string PendingStage = "pending";
    private const string ActiveStage = "active";

    /// <inheritdoc/>
    public Task<IReadOnlyList<SecretVersion>> Versions(string name, CancellationToken ct) => Guard(changes: false, async () =>
    {
        var versions = new List<SecretVersion>();
        try
        {
            await foreach (var properties in reader.GetPropertiesOfSecretVersionsAsync(name, ct))
            {
                versions.Add(Of(properties));
            }
        }
        catch (RequestFailedException e) when (e.Status == (int)HttpStatusCode.NotFound)
        {
            return [];
        }

        // The list's order is not promised; within one second the later id tells nothing, so the listed order stays.
        return (IReadOnlyList<SecretVersion>)[.. versions.OrderByDescending(version => version.CreatedAt)];
    }, ct);

    /// <inheritdoc/>
    public Task<SecretValue?> Read(string name, string version, CancellationToken ct) => Guard(changes: false, async () =>
    {
        try
        {
            return new SecretValue((await reader.GetSecretAsync(name, version, cancellationToken: ct)).Value.Value);
        }
        catch (RequestFailedException e) when (e.Status == (int)HttpStatusCode.NotFound || IsDisabled(e))
        {
            return null;
        }
    }, ct);

    /// <inheritdoc/>
    public async Task<SecretVersion> Add(string name, NewSecret secret, CancellationToken ct)
    {
        if ((await Versions(name, ct)).FirstOrDefault(version => version.Operation == secret.Operation) is { } there)
        {
            return there;
        }

        var version = new KeyVaultSecret(name, secret.Value.Reveal());
        version.Properties.ExpiresOn = secret.ExpiresAt;
        version.Properties.Tags[OperationTag] = secret.Operation;
        version.Properties.Tags[StageTag] = secret.Pending ? PendingStage : ActiveStage;
        if (secret.IssuerId is { } issuer)
        {
            version.Properties.Tags[IssuerTag] = issuer;
        }

        return await Guard(changes: true, async () => Of((await writer.SetSecretAsync(version, ct)).Value.Properties), ct);
    }

    /// <inheritdoc/>
    public Task SetPending(string name, string version, bool pending, CancellationToken ct) =>
        Change(name, version, properties => properties.Tags[StageTag] = pending ? PendingStage : ActiveStage, ct);

    /// <inheritdoc/>
    public Task Disable(string name, string version, CancellationToken ct) =>
        Change(name, version, properties => properties.Enabled = false, ct);

    private async Task Change(string name, string version, Action<SecretProperties> change, CancellationToken ct)
    {
        var properties = await Guard(changes: false, () => Find(name, version, ct), ct);
        change(properties);
        await Guard(changes: true, () => writer.UpdateSecretPropertiesAsync(properties, ct), ct);
    }

    // By the list and not by a GET, which a disabled version refuses.
    private async Task<SecretProperties> Find(string name, string version, CancellationToken ct)
    {
        await foreach (var properties in reader.GetPropertiesOfSecretVersionsAsync(name, ct))
        {
            if (properties.Version == version)
            {
                return properties;
            }
        }

        throw new SecretsException(GatewayFailure.Permanent, $"The secret {name} has no version {version}.");
    }

    private static SecretVersion Of(SecretProperties properties) => new(properties.Name, properties.Version, properties.CreatedOn ?? DateTimeOffset.UnixEpoch)
    {
        Enabled = properties.Enabled ?? true,
        Pending = properties.Tags.TryGetValue(StageTag, out var stage) && stage == PendingStage,
        NotBefore = properties.NotBefore,
        ExpiresAt = properties.ExpiresOn,
        Operation = properties.Tags.TryGetValue(OperationTag, out var operation) ? operation : null,
        IssuerId = properties.Tags.TryGetValue(IssuerTag, out var issuer) ? issuer : null,
    };

    private static bool IsDisabled(RequestFailedException e) =>
        e.Status == (int)HttpStatusCode.Forbidden && e.Message.Contains("SecretDisabled", StringComparison.Ordinal);

    /// <summary>
    /// The one place that says what an error of the vault's means. 401, 403 (a missing role) and 404 of the vault are ours to mend, so the same
    /// call works afterwards; a change that was not answered may have happened.
    /// </summary>
    private static async Task<T> Guard<T>(bool changes, Func<Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException e)
        {
            var failure = e.Status switch
            {
                400 or 409 or 413 => GatewayFailure.Permanent,
                0 or >= 500 when changes => GatewayFailure.Unclear,
                _ => GatewayFailure.Transient,
            };
            throw new SecretsException(failure, e.Status == 0 ? "The vault did not answer." : $"The vault answered {e.Status} {e.ErrorCode}.", e);
        }
        catch (Exception e) when (e is AuthenticationFailedException or AggregateException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            var failure = changes && e is not AuthenticationFailedException ? GatewayFailure.Unclear : GatewayFailure.Transient;
            throw new SecretsException(failure, e is AuthenticationFailedException ? "The platform gave no token for the vault." : "The vault did not answer.", e);
        }
    }
}
