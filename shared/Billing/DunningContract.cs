using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing;

/// <summary>
/// What a dunning run starts from: all that it must know about the failure, and the policy of that moment. It is stored with the
/// run's row, so that whoever finds the row can start the run.
/// </summary>
public sealed record DunningStart
{
    /// <summary>The orchestration's name in history.</summary>
    public const string Orchestration = "Dunning";

    /// <summary>The name of the one event that a run listens to; its payload is a <see cref="DunningSignal"/>.</summary>
    public const string Signal = "signal";

    /// <summary>Whose run.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The invoice that was not paid.</summary>
    public required string InvoiceId { get; init; }

    /// <summary>Stripe's customer.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The subscription that the invoice is for.</summary>
    public required string SubscriptionId { get; init; }

    /// <summary>The plan's lookup key.</summary>
    public required string Plan { get; init; }

    /// <summary>The plan's policy when the run started.</summary>
    public required DunningPolicy Policy { get; init; }

    /// <summary>Day 0.</summary>
    public required DateTimeOffset FirstFailureAt { get; init; }

    /// <summary>Why the payment was refused, where Stripe tells.</summary>
    public Decline? Decline { get; init; }

    /// <summary>The card that was refused, where Stripe tells.</summary>
    public string? Card { get; init; }

    /// <summary>The card that the customer has by now, when another one was refused: it is tried at once.</summary>
    public string? NewCard { get; init; }

    /// <summary>What is due, in minor units.</summary>
    public long Amount { get; init; }

    /// <summary>ISO 4217, lower case.</summary>
    public string Currency { get; init; } = "usd";

    /// <summary>Stripe's page on which the customer can pay and authenticate.</summary>
    public string? PaymentPage { get; init; }

    /// <summary>The run's instance id.</summary>
    public string InstanceId => InstanceOf(InvoiceId);

    /// <summary>The instance id of an invoice's run.</summary>
    public static string InstanceOf(string invoiceId) => $"dunning-{invoiceId}";

    /// <summary>The idempotency key of a try.</summary>
    public string TryKey(int number) => $"{InstanceId}/try-{number}";

    /// <summary>The idempotency key of the try with a card that came after the run had given up.</summary>
    public string LateKey(string card) => $"{InstanceId}/card-{card}";

    /// <summary>Whether an idempotency key is that of a try.</summary>
    public static bool IsTryKey(string? key) => key?.StartsWith("dunning-", StringComparison.Ordinal) == true;
}

/// <summary>The orchestration's input.</summary>
/// <param name="Start">The start.</param>
/// <param name="State">Where it stands when it continues as new.</param>
/// <param name="CorrelationId">The correlation id of the call that started it.</param>
public sealed record DunningInput(DunningStart Start, DunningState? State = null, string? CorrelationId = null);

/// <summary>A call to a run: start it if it never was, then tell it something.</summary>
public sealed record DunningCall(DunningStart Start, DunningSignal? Signal = null);
