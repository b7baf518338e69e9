using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>Why a card's payment fails, as the API words it.</summary>
internal sealed record Decline(string Code, string DeclineCode, string Message, string? AdviceCode)
{
    public JsonObject Error()
    {
        var error = new JsonObject
        {
            ["code"] = Code,
            ["decline_code"] = DeclineCode,
            ["doc_url"] = StripeRefusal.DocUrl(Code),
            ["message"] = Message,
            ["type"] = "card_error",
        };
        if (AdviceCode is not null)
        {
            error["advice_code"] = AdviceCode;
        }

        return error;
    }
}

/// <summary>When a card asks its owner to authenticate.</summary>
internal enum Authentication
{
    /// <summary>Never.</summary>
    None,

    /// <summary>On every payment.</summary>
    Always,

    /// <summary>Until it was set up for later payments.</summary>
    UntilSetUp,
}

/// <summary>A card of Stripe's test mode.</summary>
/// <param name="Brand">For example <c>visa</c>.</param>
/// <param name="Last4">The last four digits of the number that Stripe documents for it.</param>
/// <param name="Decline">Why its payments fail; null when they succeed.</param>
/// <param name="Authentication">When it asks for authentication.</param>
/// <param name="Attaches">Whether it can be attached to a customer.</param>
internal sealed record TestCard(
    string Brand, string Last4, Decline? Decline = null, Authentication Authentication = Authentication.None, bool Attaches = true, string Funding = "credit", string Country = "US");

/// <summary>
/// Stripe's test payment methods (docs.stripe.com/testing), under both names that it has used: with and without the brand
/// before <c>chargeDeclined</c>. One difference: Stripe refuses to attach any card that declines at once, so that with it only
/// <c>pm_card_chargeCustomerFail</c> can fail at a renewal. Here the cards that decline for a named reason attach as well, so
/// that a renewal can fail for each reason; the plain <c>chargeDeclined</c> is refused as there.
/// </summary>
internal static class TestCards
{
    public static readonly Decline AuthenticationRequired = new(
        "authentication_required", "authentication_required", "Your card was declined. This transaction requires authentication.", null);

    private const string Again = "try_again_later";
    private const string Never = "do_not_try_again";
    private const string Check = "confirm_card_data";

    private static readonly Decline Generic = Declined("generic_decline", "Your card was declined.", Again);
    private static readonly Decline InsufficientFunds = Declined("insufficient_funds", "Your card has insufficient funds.", Again);

    private static readonly Dictionary<string, TestCard> Known = new()
    {
        ["visa"] = new("visa", "4242"),
        ["visa_debit"] = new("visa", "5556", Funding: "debit"),
        ["mastercard"] = new("mastercard", "4444"),
        ["mastercard_debit"] = new("mastercard", "8210", Funding: "debit"),
        ["mastercard_prepaid"] = new("mastercard", "5100", Funding: "prepaid"),
        ["amex"] = new("amex", "8431"),
        ["discover"] = new("discover", "1117"),
        ["diners"] = new("diners", "0004"),
        ["jcb"] = new("jcb", "0505"),
        ["unionpay"] = new("unionpay", "0005"),
        ["us"] = new("visa", "4242"),
        ["de"] = new("visa", "0010", Country: "DE"),
        ["gb"] = new("visa", "0000", Country: "GB"),
        ["fr"] = new("visa", "0003", Country: "FR"),
        ["bypassPending"] = new("visa", "0077"),
        ["chargeCustomerFail"] = new("visa", "0341", Generic),
        ["chargeDeclined"] = new("visa", "0002", Generic, Attaches: false),
        ["chargeDeclinedInsufficientFunds"] = new("visa", "9995", InsufficientFunds),
        ["chargeDeclinedLostCard"] = new("visa", "9987", Declined("lost_card", "Your card was declined.", Never)),
        ["chargeDeclinedStolenCard"] = new("visa", "9979", Declined("stolen_card", "Your card was declined.", Never)),
        ["chargeDeclinedFraudulent"] = new("visa", "0019", Declined("fraudulent", "Your card was declined.", Never)),
        ["chargeDeclinedExpiredCard"] = new("visa", "0069", new("expired_card", "expired_card", "Your card has expired.", Check)),
        ["chargeDeclinedIncorrectCvc"] = new("visa", "0127", new("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", Check)),
        ["chargeDeclinedProcessingError"] = new("visa", "0119", new(
            "processing_error", "processing_error", "An error occurred while processing your card. Try again in a little bit.", Again)),
        ["chargeDeclinedVelocityLimitExceeded"] = new("visa", "6975", Declined(
            "card_velocity_exceeded", "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.", Again)),
        ["radarBlock"] = new("visa", "0019", Declined("fraudulent", "Your card was declined.", Never)),
        ["authenticationRequired"] = new("visa", "3184", Authentication: Authentication.Always),
        ["authenticationRequiredOnSetup"] = new("visa", "3155", Authentication: Authentication.UntilSetUp),
        ["authenticationRequiredSetupForOffSession"] = new("visa", "0446"),
        ["authenticationRequiredChargeDeclinedInsufficientFunds"] = new("visa", "3178", InsufficientFunds),
        ["threeDSecure2Required"] = new("visa", "3220", Authentication: Authentication.Always),
        ["threeDSecureRequired"] = new("visa", "3063", Authentication: Authentication.Always),
        ["threeDSecureRequiredChargeDeclined"] = new("visa", "1629", Generic),
        ["threeDSecureOptional"] = new("visa", "3055"),
        ["refundFail"] = new("visa", "5126"),
        ["pendingRefund"] = new("visa", "7726"),
        ["createDispute"] = new("visa", "0259"),
        ["createDisputeProductNotReceived"] = new("visa", "2685"),
        ["createDisputeInquiry"] = new("visa", "1976"),
    };

    /// <summary>The test card of a payment method's id such as <c>pm_card_visa</c>, or of a token's such as <c>tok_visa</c>.</summary>
    public static TestCard? Find(string id) => NameOf(id) is { } name ? Known[name] : null;

    /// <summary>The card's name in this table; null when the id is not that of a test card.</summary>
    public static string? NameOf(string id)
    {
        var name = id.StartsWith("pm_card_", StringComparison.Ordinal) ? id[8..] : id.StartsWith("tok_", StringComparison.Ordinal) ? id[4..] : "";
        var declined = name.IndexOf("_chargeDeclined", StringComparison.Ordinal);
        name = declined > 0 ? name[(declined + 1)..] : name;
        return Known.ContainsKey(name) ? name : null;
    }

    public static TestCard Of(JsonObject paymentMethod) => Known[paymentMethod.Text("_card") ?? "visa"];

    private static Decline Declined(string code, string message, string advice) => new("card_declined", code, message, advice);
}
