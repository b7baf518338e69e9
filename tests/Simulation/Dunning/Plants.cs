using Microsoft.DurableTask;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>Where a bug can be planted, to see that the simulation finds it. Nothing is planted by default.</summary>
public class Plants
{
    /// <summary>The product as it is.</summary>
    public static Plants None { get; } = new();

    /// <summary>The gateway as the application sees it.</summary>
    public virtual IPayments Payments(IPayments real) => real;

    /// <summary>The orchestration's view of the engine.</summary>
    public virtual TaskOrchestrationContext Orchestration(TaskOrchestrationContext real) => real;

    /// <summary>What the payment activity reports.</summary>
    public virtual PaymentOutcome Outcome(PaymentOutcome real) => real;
}
