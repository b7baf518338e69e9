using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>How a try to pay ended.</summary>
/// <param name="Decline">Why it failed; null when it did not.</param>
/// <param name="NeedsAction">Whether the owner of the card must authenticate first.</param>
/// <param name="Charge">The charge that was tried; null when it did not come to one.</param>
internal sealed record PaymentOutcome(Decline? Decline, bool NeedsAction, JsonObject? Charge)
{
    public bool Succeeded => Decline is null && !NeedsAction;
}

/// <summary>Paying a payment intent with a card.</summary>
internal static class Payments
{
    /// <summary>Tries to pay; the intent is changed and stored, and what happened is told.</summary>
    /// <param name="work">The change that it is part of.</param>
    /// <param name="intent">What to pay.</param>
    /// <param name="method">The card.</param>
    /// <param name="offSession">Whether the card's owner is away: then a card that wants authentication is declined.</param>
    public static async Task<PaymentOutcome> TryAsync(StripeWork work, JsonObject intent, JsonObject method, bool offSession)
    {
        var card = TestCards.Of(method);
        var authenticate = card.Authentication == Authentication.Always
            || (card.Authentication == Authentication.UntilSetUp && !method.Flag("_set_up"));
        if (authenticate && !offSession)
        {
            await RequireActionAsync(work, intent, method.Id());
            return new(null, NeedsAction: true, null);
        }

        var decline = authenticate ? TestCards.AuthenticationRequired : card.Decline;
        var charge = await Charges.RecordAsync(work, intent, method, decline);
        intent["latest_charge"] = charge.Id();
        intent["next_action"] = null;
        if (decline is null)
        {
            await SucceedAsync(work, intent, method);
        }
        else
        {
            await FailAsync(work, intent, method, charge, decline);
        }

        return new(decline, NeedsAction: false, charge);
    }

    /// <summary>Waits for the card's owner to authenticate.</summary>
    public static async Task RequireActionAsync(StripeWork work, JsonObject intent, string method)
    {
        intent["payment_method"] = method;
        intent["status"] = "requires_action";
        intent["next_action"] = new JsonObject
        {
            ["type"] = "use_stripe_sdk",
            ["use_stripe_sdk"] = new JsonObject { ["type"] = "three_d_secure_redirect" },
        };
        await work.Store.SaveAsync(intent);
        await work.EmitAsync("payment_intent.requires_action", intent);
    }

    /// <summary>The refusal that a failed try is answered with; what the try changed stays.</summary>
    public static StripeRefusal Refused(Decline decline, JsonObject? charge, JsonObject intent, JsonObject method)
    {
        var error = decline.Error();
        error["charge"] = charge?.Id();
        error["payment_intent"] = StripeJson.Public(intent);
        error["payment_method"] = StripeJson.Public(method);
        return new(402, error, began: true);
    }

    private static async Task SucceedAsync(StripeWork work, JsonObject intent, JsonObject method)
    {
        var manual = intent.Text("capture_method") == "manual";
        intent["payment_method"] = method.Id();
        intent["last_payment_error"] = null;
        intent["status"] = manual ? "requires_capture" : "succeeded";
        intent[manual ? "amount_capturable" : "amount_received"] = intent.Number("amount");
        await work.Store.SaveAsync(intent);
        await work.EmitAsync(manual ? "payment_intent.amount_capturable_updated" : "payment_intent.succeeded", intent);
    }

    private static async Task FailAsync(StripeWork work, JsonObject intent, JsonObject method, JsonObject charge, Decline decline)
    {
        var error = decline.Error();
        error["charge"] = charge.Id();
        error["payment_method"] = StripeJson.Public(method);
        intent["payment_method"] = null;
        intent["last_payment_error"] = error;
        intent["status"] = "requires_payment_method";
        await work.Store.SaveAsync(intent);
        await work.EmitAsync("payment_intent.payment_failed", intent);
    }
}
