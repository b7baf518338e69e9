namespace ToolboxAI.Shared.Billing.Payments;

/// <summary>Stripe did not answer as it should. What may be done next is in the type.</summary>
public abstract class PaymentsException(string message, string? code, Exception inner) : Exception(message, inner)
{
    /// <summary>Stripe's error code, when it gave one.</summary>
    public string? Code { get; } = code;
}

/// <summary>Nothing happened; the same call may work later.</summary>
public sealed class TransientPaymentsException(string message, string? code, Exception inner) : PaymentsException(message, code, inner);

/// <summary>Nothing happened, and the same call will never work.</summary>
public sealed class PermanentPaymentsException(string message, string? code, Exception inner) : PaymentsException(message, code, inner);

/// <summary>The effect may have happened: read before repeating.</summary>
public sealed class UnclearPaymentsException(string message, string? code, Exception inner) : PaymentsException(message, code, inner);
