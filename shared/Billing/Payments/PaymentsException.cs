using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Billing.Payments;

/// <summary>Stripe did not answer as it should.</summary>
public abstract class PaymentsException(GatewayFailure failure, string message, string? code, Exception inner)
    : GatewayException(failure, message, inner)
{
    /// <summary>Stripe's error code, when it gave one.</summary>
    public string? Code { get; } = code;
}

/// <summary>Nothing happened; the same call may work later.</summary>
public sealed class TransientPaymentsException(string message, string? code, Exception inner)
    : PaymentsException(GatewayFailure.Transient, message, code, inner);

/// <summary>Nothing happened, and the same call will never work. A type of its own, so that durable retries can tell it.</summary>
public sealed class PermanentPaymentsException(string message, string? code, Exception inner)
    : PaymentsException(GatewayFailure.Permanent, message, code, inner);

/// <summary>The effect may have happened: read before repeating.</summary>
public sealed class UnclearPaymentsException(string message, string? code, Exception inner)
    : PaymentsException(GatewayFailure.Unclear, message, code, inner);
