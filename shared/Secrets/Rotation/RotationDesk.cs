using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Secrets.Rotation;

/// <summary>Prepares rotations: what an operator brings goes to the vault, pending, before the run that finds it there.</summary>
public sealed class RotationDesk(ISecrets secrets, TimeProvider clock, IOptions<SecretsOptions> options, IOptions<StripeOptions> stripe)
{
    /// <summary>A rotation that can be started, or why not.</summary>
    public async Task<(RotationStart? Start, Refusal? Refusal)> Prepare(SecretKind kind, SecretValue? value, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (Refuse(kind, value, expiresAt, now) is { } refusal)
        {
            return (null, refusal);
        }

        var start = RotationRules.Start(kind.Name, Ids.New("rot", now), options.Value, now, expiresAt);
        if (value is not null)
        {
            await secrets.Add(kind.Name, new(value, start.RotationId) { Pending = true, ExpiresAt = start.ExpiresAt }, ct);
        }

        return (start, null);
    }

    /// <summary>Whether the timer may start a rotation of it: nobody has to bring a value, and its issuer knows where we are.</summary>
    public bool CanRotateByItself(SecretKind kind) => Refuse(kind, null, null, clock.GetUtcNow()) is null;

    /// <summary>Ends what was prepared and never started.</summary>
    public async Task Drop(RotationStart start, CancellationToken ct)
    {
        if ((await secrets.Versions(start.Name, ct)).FirstOrDefault(version => version.Operation == start.RotationId) is { } version)
        {
            await secrets.Disable(start.Name, version.Version, ct);
        }
    }

    private Refusal? Refuse(SecretKind kind, SecretValue? value, DateTimeOffset? expiresAt, DateTimeOffset now) =>
        expiresAt <= now + options.Value.FreshFor + options.Value.Overlap ? new SecretValueInvalid("expiresAt must lie behind the rotation's own end.")
        : value is null && !kind.MadeByUs ? new SecretValueNeeded(kind.Mend)
        : value is null && kind.Name == SecretNames.StripeWebhookSecret && stripe.Value.WebhookAddress.Length == 0
            ? new SecretValueInvalid("Set Stripe__WebhookAddress to our webhook's public address first: the rotation makes an endpoint there.")
        : value is not null && kind.MadeByUs ? new SecretValueUnwanted()
        : value is not null && SecretCatalogue.Problem(kind, value.Reveal()) is { } problem ? new SecretValueInvalid(problem)
        : null;
}
