using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using ToolboxAI.Local.DurableTask;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Deployments.Runs;

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

    /// <summary>What an activity of a deployment reports.</summary>
    /// <param name="activity">The activity's input.</param>
    /// <param name="real">What it would report.</param>
    public virtual T Reported<T>(object activity, T real) => real;

    /// <summary>An activity of a deployment begins, with this input.</summary>
    public virtual void Begins(object activity)
    {
    }

    /// <summary>The experiences as calls to Roblox see them.</summary>
    public virtual IExperiences ExperiencesOfCalls(IExperiences real) => real;

    /// <summary>The experiences as the step that lets production move sees them.</summary>
    public virtual IExperiences ExperiencesOfProduction(IExperiences real) => real;

    /// <summary>The rate budget.</summary>
    public virtual ITaskEntity Budget(ITaskEntity real) => real;
}
