using System.Collections.Frozen;

namespace ToolboxAI.Shared.Billing;

/// <summary>What a refusal of a card means for the next step.</summary>
public enum DeclineClass
{
    /// <summary>The same card may work later: the policy's tries go on.</summary>
    Soft,

    /// <summary>This card will not work again: tries are skipped and another card is asked for.</summary>
    Hard,

    /// <summary>The card's details are wrong or out of date: tries are skipped and the customer corrects them or gives another card.</summary>
    CustomerAction,

    /// <summary>The bank wants the customer to confirm in person: tries are skipped and the payment page is mailed.</summary>
    Authentication,
}

/// <summary>A refused payment as Stripe words it. Each part may be absent.</summary>
/// <param name="AdviceCode">What the network or the bank advises; goes before everything else.</param>
/// <param name="DeclineCode">The bank's reason.</param>
/// <param name="ErrorCode">Stripe's own error code, the coarsest of the three.</param>
public sealed record Decline(string? AdviceCode, string? DeclineCode, string? ErrorCode)
{
    /// <summary>The most telling code that is there, for people to read.</summary>
    public string? Reason => DeclineCode ?? ErrorCode ?? AdviceCode;
}

/// <summary>
/// Which refusals may be repeated. Advice goes before the decline code, that before the error code; a code that is not
/// listed is soft. Facts: docs.stripe.com/declines/codes and Stripe's list of codes that its own retries skip.
/// </summary>
public static class DeclineCodes
{
    private static readonly FrozenDictionary<string, DeclineClass> Advice = new Dictionary<string, DeclineClass>
    {
        ["do_not_try_again"] = DeclineClass.Hard,
        ["try_again_later"] = DeclineClass.Soft,
        ["confirm_card_data"] = DeclineClass.CustomerAction,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, DeclineClass> Codes = Table(
        // Balance or limit.
        (DeclineClass.Soft, ["insufficient_funds", "card_velocity_exceeded", "withdrawal_count_limit_exceeded"]),
        // Technical, or no reason given.
        (DeclineClass.Soft,
        [
            "processing_error", "issuer_not_available", "reenter_transaction", "approve_with_id", "try_again_later",
            "generic_decline", "do_not_honor", "call_issuer", "no_action_taken", "duplicate_transaction",
        ]),
        (DeclineClass.Authentication,
            ["authentication_required", "authentication_not_handled", "mobile_device_authentication_required"]),
        // Details to correct.
        (DeclineClass.CustomerAction,
        [
            "incorrect_number", "invalid_number", "incorrect_cvc", "invalid_cvc", "incorrect_zip", "incorrect_address",
            "invalid_expiry_month", "invalid_expiry_year", "expired_card", "incorrect_pin", "invalid_pin",
            "offline_pin_required", "online_or_offline_pin_required", "pin_try_exceeded",
        ]),
        // The card or the account can't be used for this.
        (DeclineClass.Hard,
        [
            "card_not_supported", "currency_not_supported", "invalid_account", "new_account_information_available",
            "not_permitted", "restricted_card", "security_violation", "service_not_allowed", "transaction_not_allowed",
            "do_not_try_again",
        ]),
        // The holder took the consent back, or the card is reported: to charge again invites disputes and fines.
        (DeclineClass.Hard,
        [
            "revocation_of_authorization", "revocation_of_all_authorizations", "stop_payment_order",
            "lost_card", "stolen_card", "pickup_card", "fraudulent", "merchant_blacklist", "highest_risk_level",
        ]),
        // Faults of the request or a test card in the wrong mode: repeating the same changes nothing.
        (DeclineClass.Hard, ["invalid_amount", "testmode_decline", "live_mode_test_card"]));

    /// <summary>The decline codes that the table knows.</summary>
    public static IReadOnlyCollection<string> Known => Codes.Keys;

    /// <summary>What <paramref name="decline"/> means for the next step.</summary>
    public static DeclineClass Classify(Decline decline)
    {
        var byCode = Find(Codes, decline.DeclineCode) ?? Find(Codes, decline.ErrorCode) ?? DeclineClass.Soft;
        return Find(Advice, decline.AdviceCode) switch
        {
            // "Confirm the card's data" of a payment that needs its holder's consent is answered on the payment page.
            DeclineClass.CustomerAction when byCode == DeclineClass.Authentication => DeclineClass.Authentication,
            { } advised => advised,
            null => byCode,
        };
    }

    /// <summary>
    /// A sentence for the customer. Reasons that would warn a thief, and those that say nothing to a customer, stay general.
    /// </summary>
    public static string ForCustomer(string? code) => code switch
    {
        "insufficient_funds" => "The card does not have enough money at the moment.",
        "card_velocity_exceeded" or "withdrawal_count_limit_exceeded" => "The card's limit is reached.",
        "expired_card" or "invalid_expiry_month" or "invalid_expiry_year" => "The card has expired.",
        "incorrect_number" or "invalid_number" or "incorrect_cvc" or "invalid_cvc" or "incorrect_zip" or "incorrect_address" =>
            "The card's details are not right.",
        "card_not_supported" or "currency_not_supported" => "The card can't be used for this payment.",
        "authentication_required" or "authentication_not_handled" or "mobile_device_authentication_required" =>
            "The bank wants the payment to be confirmed.",
        _ => "The card was declined.",
    };

    private static DeclineClass? Find(FrozenDictionary<string, DeclineClass> table, string? code) =>
        code is not null && table.TryGetValue(code, out var found) ? found : null;

    private static FrozenDictionary<string, DeclineClass> Table(params (DeclineClass Class, string[] Codes)[] rows) =>
        rows.SelectMany(row => row.Codes.Select(code => (code, row.Class)))
            .ToFrozenDictionary(entry => entry.code, entry => entry.Class);
}
