using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Tests.Local.Secrets;

/// <summary>Fails calls of vault and issuer, by their number: before they had their effect, or after it.</summary>
/// <param name="fails">Whether the call of this number, from 0 on, fails; null for not.</param>
internal sealed class Trouble(Func<int, TroubleKind?>? fails = null)
{
    /// <summary>How many calls there were.</summary>
    public int Calls { get; private set; }

    public async Task<T> Around<T>(Func<Task<T>> call)
    {
        var kind = fails?.Invoke(Calls);
        Calls++;
        if (kind == TroubleKind.BeforeItsEffect)
        {
            throw new SecretsException(GatewayFailure.Transient, "Away.");
        }

        var result = await call();
        return kind == TroubleKind.AfterItsEffect ? throw new SecretsException(GatewayFailure.Unclear, "The answer was lost.") : result;
    }

    public Task Around(Func<Task> call) => Around(async () =>
    {
        await call();
        return true;
    });
}

/// <summary>When a call fails.</summary>
public enum TroubleKind
{
    BeforeItsEffect,
    AfterItsEffect,
}

/// <summary>A vault whose calls fail.</summary>
internal sealed class TroubledSecrets(ISecrets vault, Trouble trouble) : ISecrets
{
    public Task<IReadOnlyList<SecretVersion>> Versions(string name, CancellationToken ct) => trouble.Around(() => vault.Versions(name, ct));

    public Task<SecretValue?> Read(string name, string version, CancellationToken ct) => trouble.Around(() => vault.Read(name, version, ct));

    public Task<SecretVersion> Add(string name, NewSecret secret, CancellationToken ct) => trouble.Around(() => vault.Add(name, secret, ct));

    public Task SetPending(string name, string version, bool pending, CancellationToken ct) => trouble.Around(() => vault.SetPending(name, version, pending, ct));

    public Task Disable(string name, string version, CancellationToken ct) => trouble.Around(() => vault.Disable(name, version, ct));
}

/// <summary>An issuer that shows a credential once and knows whose each is, as SendGrid does.</summary>
internal sealed class IssuerDouble(Trouble trouble) : ICredentialSource
{
    public const string First = "made by hand";
    private readonly Dictionary<string, string> live = new() { [First] = "" };
    private int made;

    public string Name => RotationWorld.Name;

    /// <summary>While true, it refuses what it made.</summary>
    public bool RefusesNew { get; set; }

    /// <summary>While true, it forgets what it made for a rotation when it is asked again.</summary>
    public bool LeavesOrphans { get; set; }

    /// <summary>The credentials that work.</summary>
    public IEnumerable<string> Live => live.Keys;

    /// <summary>The first version, as an operator puts it in.</summary>
    public Task Begin(ISecrets vault) => vault.Add(Name, new(new(First), "by hand"), CancellationToken.None);

    public Task<MadeCredential> Make(string rotationId, CancellationToken ct) => trouble.Around(() =>
    {
        foreach (var left in live.Where(credential => credential.Value == rotationId && !LeavesOrphans).Select(credential => credential.Key).ToList())
        {
            live.Remove(left);
        }

        var value = $"made {++made}";
        live[value] = rotationId;
        return Task.FromResult(new MadeCredential(new(value), value));
    });

    public Task Verify(Secret secret, CancellationToken ct) => trouble.Around(() => live.ContainsKey(secret.Value.Reveal()) && !RefusesNew
        ? Task.CompletedTask
        : throw new SecretsException(GatewayFailure.Transient, "It is refused."));

    public Task Revoke(Secret secret, Secret? kept, CancellationToken ct) => trouble.Around(() =>
    {
        live.Remove(secret.Value.Reveal());
        return Task.CompletedTask;
    });
}
