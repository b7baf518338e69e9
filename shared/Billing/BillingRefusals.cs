using ToolboxAI.Shared.Http;

namespace ToolboxAI.Shared.Billing;

/// <summary>The card was refused.</summary>
public sealed record PaymentDeclined(Decline Decline) : PaymentRefusal("payment_declined", DeclineCodes.ForCustomer(Decline.Reason));

/// <summary>The tenant has a subscription.</summary>
public sealed record AlreadySubscribed() : ConflictRefusal("already_subscribed", "There is a subscription already.");

/// <summary>We sell no such plan.</summary>
public sealed record UnknownPlan(string Plan) : UnprocessableRefusal("unknown_plan", $"There is no plan '{Plan}'.");

/// <summary>The plan that the address names is none of ours.</summary>
public sealed record PlanNotFound(string Plan) : NotFoundRefusal("unknown_plan", $"There is no plan '{Plan}'.");

/// <summary>Stripe knows no such payment method, or not for us.</summary>
public sealed record UnknownPaymentMethod() : UnprocessableRefusal("unknown_payment_method", "There is no such payment method.");

/// <summary>The tenant never subscribed.</summary>
public sealed record NoSubscription() : NotFoundRefusal("no_subscription", "There is no subscription.");

/// <summary>The invoice has no dunning run.</summary>
public sealed record DunningNotFound() : NotFoundRefusal("dunning_not_found", "This invoice is not being dunned.");

/// <summary>The run has ended and takes no more commands.</summary>
public sealed record DunningEnded() : ConflictRefusal("dunning_ended", "The dunning of this invoice has ended.");

/// <summary>The policy can't be used.</summary>
public sealed record InvalidPolicy(string Why) : UnprocessableRefusal("invalid_policy", Why);
