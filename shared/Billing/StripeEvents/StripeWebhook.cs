using System.Text;
using System.Text.Json;
using Stripe;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Secrets;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>Takes Stripe's events in: each once, with the message that carries it on.</summary>
public sealed class StripeWebhook(IPayments payments, StripeEventIntake intake, SecretReader secrets)
{
    /// <summary>Stores an event; false when the body is not one that Stripe signed. A repetition does nothing.</summary>
    /// <param name="body">The body as it came, byte by byte.</param>
    /// <param name="signature">The header <c>Stripe-Signature</c>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<bool> Receive(ReadOnlyMemory<byte> body, string? signature, CancellationToken ct)
    {
        var text = Encoding.UTF8.GetString(body.Span);
        if (signature is null || !await IsSigned(text, signature, ct) || Envelope.Read(body) is not { } incoming)
        {
            return false;
        }

        await intake.Take(incoming.ToMessage(), incoming.Livemode == await payments.IsLivemode(ct), ct);
        return true;
    }

    /// <summary>While the secret is rotated several are good; one that was added a moment ago may not have been read yet.</summary>
    private async Task<bool> IsSigned(string text, string signature, CancellationToken ct) =>
        await IsSignedByOneOfOurs(text, signature, ct)
        || (await secrets.ReadAgain(SecretNames.StripeWebhookSecret, ct) && await IsSignedByOneOfOurs(text, signature, ct));

    private async Task<bool> IsSignedByOneOfOurs(string text, string signature, CancellationToken ct) =>
        (await secrets.Accepted(SecretNames.StripeWebhookSecret, ct)).Any(secret => IsSigned(text, signature, secret.Value.Reveal()));

    private static bool IsSigned(string text, string signature, string secret)
    {
        try
        {
            EventUtility.ValidateSignature(text, signature, secret);
            return true;
        }
        catch (StripeException)
        {
            return false;
        }
    }

    /// <summary>
    /// What we use of an event. It is not read with <c>EventUtility.ConstructEvent</c>: a body in another release's form need not fit
    /// this library's classes, and must be taken in all the same; of such a one only id and type are used.
    /// </summary>
    private sealed record Envelope(string Id, string Type, bool Livemode, string? ObjectId, string? CustomerId, DateTimeOffset? CreatedAt, string? Key)
    {
        public StripeEventMessage ToMessage() => new(Id, Type, ObjectId, CustomerId, CreatedAt, Key);

        public static Envelope? Read(ReadOnlyMemory<byte> body)
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                var root = document.RootElement;
                if (Text(root, "id") is not { Length: > 0 and <= 255 } id || Text(root, "type") is not { Length: > 0 and <= 255 } type)
                {
                    return null;
                }

                var livemode = root.TryGetProperty("livemode", out var mode) && mode.ValueKind == JsonValueKind.True;
                return Text(root, "api_version") is { } release && EventUtility.IsCompatibleApiVersion(release)
                    ? InOurForm(root, id, type, livemode)
                    : new(id, type, livemode, null, null, null, null);
            }
            catch (JsonException)
            {
                return null;
            }
        }

        private static Envelope InOurForm(JsonElement root, string id, string type, bool livemode)
        {
            var about = Part(Part(root, "data"), "object");
            var objectId = Text(about, "id");
            var customer = Text(about, "object") == "customer" ? objectId : Text(about, "customer");
            DateTimeOffset? created = root.TryGetProperty("created", out var time) && time.TryGetInt64(out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
            return new(id, type, livemode, objectId, customer, created, Text(Part(root, "request"), "idempotency_key"));
        }

        private static JsonElement Part(JsonElement of, string name) =>
            of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var part) ? part : default;

        private static string? Text(JsonElement of, string name) =>
            Part(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
    }
}
