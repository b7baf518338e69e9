using System.ComponentModel.DataAnnotations;

namespace ToolboxAI.Shared.Billing;

/// <summary>A plan as it is sold. Its name in the configuration is its lookup key at Stripe.</summary>
public sealed class Plan
{
    /// <summary>What customers read.</summary>
    [Required, MaxLength(100)]
    public string Name { get; init; } = "";

    /// <summary>Price of one interval, in minor units.</summary>
    [Range(1, 99_999_999)]
    public long Amount { get; init; }

    /// <summary>ISO 4217, lower case.</summary>
    [RegularExpression("^[a-z]{3}$")]
    public string Currency { get; init; } = "usd";

    /// <summary><c>month</c> or <c>year</c>.</summary>
    [RegularExpression("^(month|year)$")]
    public string Interval { get; init; } = "month";
}

/// <summary>What we sell. Section <c>Billing</c>; each plan can be changed or added there.</summary>
public sealed class BillingOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Billing";

    /// <summary>The plans by lookup key.</summary>
    [Required, MinLength(1)]
    public Dictionary<string, Plan> Plans { get; init; } = new()
    {
        ["school-monthly"] = new() { Name = "School, monthly", Amount = 4_900 },
        ["school-yearly"] = new() { Name = "School, yearly", Amount = 49_000, Interval = "year" },
        ["studio-monthly"] = new() { Name = "Studio, monthly", Amount = 9_900 },
        ["studio-yearly"] = new() { Name = "Studio, yearly", Amount = 99_000, Interval = "year" },
    };
}

/// <summary>How Stripe is reached. Section <c>Stripe</c>. Its key and its webhook's secret are no settings but secrets.</summary>
public sealed class StripeOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Stripe";

    /// <summary>Base address; empty is Stripe's own.</summary>
    public string ApiBase { get; init; } = "";

    /// <summary>The public address of our webhook, <c>https://…/api/v1/webhooks/stripe</c>: a rotation of its secret makes an endpoint there. Empty: the secret is not rotated.</summary>
    public string WebhookAddress { get; init; } = "";
}
