using ToolboxAI.Shared.Billing;

namespace ToolboxAI.Tests.Support.Billing;

/// <summary>Stripe's test payment methods, as far as the tests use them.</summary>
public static class StripeTestCards
{
    /// <summary>Always pays.</summary>
    public const string Good = "pm_card_visa";

    /// <summary>Can be given, and is then refused without a reason.</summary>
    public const string FailsWhenCharged = "pm_card_chargeCustomerFail";

    /// <summary>Refused when it is given.</summary>
    public const string Declined = "pm_card_chargeDeclined";

    /// <summary>Can be given; each payment must be confirmed at the bank. In memory only.</summary>
    public const string NeedsConfirmation = "pm_memory_authentication_required";

    /// <summary>Can be given, and is then refused for want of money. In memory only.</summary>
    public const string NoMoney = "pm_memory_insufficient_funds";

    /// <summary>Can be given, and is then refused as stolen. In memory only.</summary>
    public const string Stolen = "pm_memory_stolen_card";

    /// <summary>Can be given, and is then refused with a code that no table knows. In memory only.</summary>
    public const string Odd = "pm_memory_odd";

    private static readonly Dictionary<string, Decline?> WhenCharged = new()
    {
        [Good] = null,
        [FailsWhenCharged] = new(null, "generic_decline", "card_declined"),
        [NeedsConfirmation] = new(null, "authentication_required", "authentication_required"),
        [NoMoney] = new("try_again_later", "insufficient_funds", "card_declined"),
        [Stolen] = new("do_not_try_again", "stolen_card", "card_declined"),
        [Odd] = new(null, "a_code_of_next_year", "card_declined"),
    };

    /// <summary>The cards that can be given and are refused when charged.</summary>
    public static IReadOnlyList<string> Bad { get; } = [FailsWhenCharged, NeedsConfirmation, NoMoney, Stolen, Odd];

    /// <summary>Whether Stripe knows the payment method.</summary>
    public static bool IsKnown(string paymentMethod) => paymentMethod == Declined || WhenCharged.ContainsKey(paymentMethod);

    /// <summary>The refusal when it is given; null when it can be given.</summary>
    public static Decline? RefusedWhenGiven(string paymentMethod) =>
        paymentMethod == Declined ? new(null, "generic_decline", "card_declined") : null;

    /// <summary>The refusal when it is charged; null when it pays.</summary>
    public static Decline? Charge(string paymentMethod) => WhenCharged[paymentMethod];
}
