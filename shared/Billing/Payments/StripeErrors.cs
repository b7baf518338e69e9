using System.Net;
using Stripe;

namespace ToolboxAI.Shared.Billing.Payments;

/// <summary>The one place that says what an error of Stripe's means for us.</summary>
internal static class StripeErrors
{
    private const string Replayed = "Idempotent-Replayed";

    /// <summary>Runs a call and maps what goes wrong.</summary>
    /// <param name="changes">Whether the call changes something: only then can its end be unclear.</param>
    /// <param name="call">The call.</param>
    /// <param name="ct">The caller's own cancellation, which passes as it is.</param>
    public static async Task<T> Guard<T>(bool changes, Func<Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is StripeException or HttpRequestException or IOException or TaskCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            throw Map(e, changes);
        }
    }

    /// <summary>Whether the object is not there.</summary>
    public static bool IsMissing(PaymentsException error) =>
        error.InnerException is StripeException { HttpStatusCode: HttpStatusCode.NotFound }
        || error.Code is "resource_missing";

    /// <summary>The refusal of a card, or null when the error is another.</summary>
    public static Decline? DeclineOf(Exception? error) =>
        error is StripeException { HttpStatusCode: HttpStatusCode.PaymentRequired } stripe ? DeclineOf(stripe.StripeError) : null;

    /// <summary>The refusal that stands in an error object.</summary>
    public static Decline? DeclineOf(StripeError? error) =>
        error is null ? null : new(error.AdviceCode, error.DeclineCode, error.Code);

    /// <summary>The key was used with other parameters before.</summary>
    public static bool IsKeyReused(PaymentsException error) =>
        error.InnerException is StripeException { StripeError.Type: "idempotency_error", HttpStatusCode: HttpStatusCode.BadRequest };

    /// <summary>Another call with the same key is under way.</summary>
    public static bool IsKeyInUse(PaymentsException error) => error.Code == "idempotency_key_in_use";

    /// <summary>A fault that Stripe stored with the key and gives back to every repetition.</summary>
    public static bool IsStoredFault(PaymentsException error) =>
        error.InnerException is StripeException { HttpStatusCode: >= HttpStatusCode.InternalServerError } stripe
        && stripe.StripeResponse?.Headers is { } headers
        && headers.TryGetValues(Replayed, out var values)
        && values.Any(value => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));

    private static PaymentsException Map(Exception error, bool changes)
    {
        if (error is not StripeException { HttpStatusCode: not default(HttpStatusCode) } stripe)
        {
            return Open("Stripe did not answer.", null, error, changes);
        }

        var code = stripe.StripeError?.Code;
        var text = $"Stripe answered {(int)stripe.HttpStatusCode} {code ?? stripe.StripeError?.Type}.";
        return (int)stripe.HttpStatusCode switch
        {
            // 401 and 403 are ours to mend (a key that was rolled): the same call works afterwards.
            401 or 403 or 409 or 424 or 429 => new TransientPaymentsException(text, code, stripe),
            >= 500 => Open(text, code, stripe, changes),
            _ => new PermanentPaymentsException(text, code, stripe),
        };
    }

    private static PaymentsException Open(string text, string? code, Exception error, bool changes) =>
        changes ? new UnclearPaymentsException(text, code, error) : new TransientPaymentsException(text, code, error);
}
