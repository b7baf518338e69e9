using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolboxAI.Durable.Secrets;
using ToolboxAI.Shared.Secrets;
using ToolboxAI.Shared.Secrets.Rotation;

namespace ToolboxAI.Functions.Secrets;

/// <summary>Once a day: rotates the secrets that have grown old, and tells of those that somebody must look after.</summary>
public sealed partial class RotateDueSecrets(
    SecretInventory inventory, RotationDesk desk, IOptions<SecretsOptions> options, TimeProvider clock, ILogger<RotateDueSecrets> log)
{
    /// <summary>The log event that calls for somebody; an alert of bicep/modules/alerts.bicep asks for it.</summary>
    public const int NeedsCareEvent = 4021;

    [Function(nameof(RotateDueSecrets))]
    public async Task Run([TimerTrigger("0 30 2 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken ct)
    {
        foreach (var secret in await inventory.List(ct))
        {
            SecretMetrics.Seen(secret, clock.GetUtcNow());
            if (secret.State == SecretState.Ok)
            {
                continue;
            }

            var kind = inventory.Find(secret.Name)!;
            var rotatesByItself = options.Value.RotateByItself && desk.CanRotateByItself(kind);
            if (rotatesByItself && secret.State is (SecretState.Due or SecretState.Expiring))
            {
                if (await durable.StartRotation(desk, kind, value: null, expiresAt: null, ct) is null)
                {
                    Started(secret.Name);
                }
            }

            if (!rotatesByItself || secret.State != SecretState.Due)
            {
                SecretMetrics.Alerted(secret);
                NeedsCare(secret.Name, secret.State, secret.RotateAt, kind.Mend);
            }
        }
    }

    [LoggerMessage(4020, LogLevel.Information, "The secret {Name} has grown old; its rotation is started")]
    private partial void Started(string name);

    [LoggerMessage(NeedsCareEvent, LogLevel.Warning, "The secret {Name} is {State}, it was to be rotated at {RotateAt}: {Mend}")]
    private partial void NeedsCare(string name, SecretState state, DateTimeOffset? rotateAt, string mend);
}
