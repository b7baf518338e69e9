using Microsoft.DurableTask;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>
/// Where a bug can be planted, to see that the simulation finds it: between the product and what it stands on, so that the
/// product does not know. Nothing is planted by default.
/// </summary>
public class Plants
{
    /// <summary>All as it is.</summary>
    public static Plants None { get; } = new();

    /// <summary>The engine and its store.</summary>
    public virtual InMemoryHub Hub(VirtualClock clock) => new(clock);

    /// <summary>An orchestration's view of the engine.</summary>
    public virtual TaskOrchestrationContext Orchestration(TaskOrchestrationContext real, VirtualClock clock) => real;

    /// <summary>The outbox's rows.</summary>
    public virtual IOutboxStore Outbox(IOutboxStore real, IMessageBus bus) => real;

    /// <summary>The payment gateway as the application sees it.</summary>
    public virtual IPayments Payments(IPayments real) => real;

    /// <summary>What the payment activity reports.</summary>
    public virtual PaymentOutcome Outcome(PaymentOutcome real) => real;
}
