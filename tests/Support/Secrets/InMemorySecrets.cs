using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Tests.Support.Secrets;

/// <summary>Secrets in memory, under the same contract as the vault and the file.</summary>
public sealed class InMemorySecrets(TimeProvider clock) : ISecrets
{
    private readonly Lock gate = new();
    private readonly List<(SecretVersion Version, SecretValue Value)> kept = [];

    /// <summary>While true, every call fails as if the vault were away.</summary>
    public bool Away { get; set; }

    /// <summary>How often a list of versions was asked for.</summary>
    public int Lists { get; private set; }

    /// <summary>A reader of some secrets.</summary>
    public static SecretReader Reader(TimeProvider clock, params (string Name, string Value)[] values)
    {
        var secrets = new InMemorySecrets(clock);
        foreach (var (name, value) in values)
        {
            secrets.kept.Add((new(name, "1", clock.GetUtcNow()), new(value)));
        }

        return secrets.NewReader();
    }

    /// <summary>A reader with a cache of its own, as another instance of the application has.</summary>
    public SecretReader NewReader(SecretsOptions? options = null) =>
        new(this, clock, Options.Create(options ?? new()), NullLogger<SecretReader>.Instance);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SecretVersion>> Versions(string name, CancellationToken ct) => Run<IReadOnlyList<SecretVersion>>(() =>
    {
        Lists++;
        return [.. kept.Select(item => item.Version).Where(version => version.Name == name).Reverse()];
    });

    /// <inheritdoc/>
    public Task<SecretValue?> Read(string name, string version, CancellationToken ct) =>
        Run<SecretValue?>(() => kept.Find(item => item.Version.Name == name && item.Version.Version == version && item.Version.Enabled).Value);

    /// <inheritdoc/>
    public Task<SecretVersion> Add(string name, NewSecret secret, CancellationToken ct) => Run(() =>
    {
        if (kept.Find(item => item.Version.Name == name && item.Version.Operation == secret.Operation).Version is { } there)
        {
            return there;
        }

        var added = new SecretVersion(name, $"{kept.Count + 1}", clock.GetUtcNow())
        {
            Pending = secret.Pending,
            ExpiresAt = secret.ExpiresAt,
            Operation = secret.Operation,
            IssuerId = secret.IssuerId,
        };
        kept.Add((added, secret.Value));
        return added;
    });

    /// <inheritdoc/>
    public Task SetPending(string name, string version, bool pending, CancellationToken ct) =>
        Change(name, version, found => found with { Pending = pending });

    /// <inheritdoc/>
    public Task Disable(string name, string version, CancellationToken ct) => Change(name, version, found => found with { Enabled = false });

    private Task Change(string name, string version, Func<SecretVersion, SecretVersion> change) => Run(() =>
    {
        var at = kept.FindIndex(item => item.Version.Name == name && item.Version.Version == version);
        if (at < 0)
        {
            throw new SecretsException(GatewayFailure.Permanent, "There is no such version.");
        }

        kept[at] = (change(kept[at].Version), kept[at].Value);
        return true;
    });

    private Task<T> Run<T>(Func<T> call)
    {
        lock (gate)
        {
            return Away ? Task.FromException<T>(new SecretsException(GatewayFailure.Transient, "Away.")) : Task.FromResult(call());
        }
    }
}
