using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>A gateway whose payments go under other keys than they should.</summary>
public sealed class KeyChanging(IPayments real, Func<string, string> change) : IPayments
{
    public bool Livemode => real.Livemode;

    public Task<PayAnswer> PayInvoice(string id, string key, CancellationToken ct) => real.PayInvoice(id, change(key), ct);

    public Task<string> EnsurePlan(string lookupKey, Plan plan, CancellationToken ct) => real.EnsurePlan(lookupKey, plan, ct);

    public Task<string> CreateCustomer(NewCustomer customer, string key, CancellationToken ct) => real.CreateCustomer(customer, key, ct);

    public Task<CustomerReading?> ReadCustomer(string id, CancellationToken ct) => real.ReadCustomer(id, ct);

    public Task<CardAnswer> SetCard(string customerId, string paymentMethod, string? subscriptionId, CancellationToken ct) =>
        real.SetCard(customerId, paymentMethod, subscriptionId, ct);

    public Task<SubscribeAnswer> Subscribe(string customerId, string priceId, string key, CancellationToken ct) =>
        real.Subscribe(customerId, priceId, key, ct);

    public Task<SubscriptionReading?> FindSubscription(string customerId, CancellationToken ct) => real.FindSubscription(customerId, ct);

    public Task<SubscriptionReading?> ReadSubscription(string id, CancellationToken ct) => real.ReadSubscription(id, ct);

    public Task CancelSubscription(string id, CancellationToken ct) => real.CancelSubscription(id, ct);

    public Task PauseCollection(string id, CancellationToken ct) => real.PauseCollection(id, ct);

    public Task<InvoiceReading?> ReadInvoice(string id, CancellationToken ct) => real.ReadInvoice(id, ct);

    public Task VoidInvoice(string id, CancellationToken ct) => real.VoidInvoice(id, ct);

    public Task MarkUncollectible(string id, CancellationToken ct) => real.MarkUncollectible(id, ct);

    public Task<EventReading?> ReadEvent(string id, CancellationToken ct) => real.ReadEvent(id, ct);

    public Task<IReadOnlyList<EventReading>> UndeliveredEvents(DateTimeOffset since, IReadOnlyList<string> types, CancellationToken ct) =>
        real.UndeliveredEvents(since, types, ct);
}

/// <summary>An engine that loses one of an orchestration's timers.</summary>
public sealed class TimerLosing(TaskOrchestrationContext real, int lost) : TaskOrchestrationContext
{
    private int timers;

    public override TaskName Name => real.Name;

    public override string InstanceId => real.InstanceId;

    public override ParentOrchestrationInstance? Parent => real.Parent;

    public override DateTime CurrentUtcDateTime => real.CurrentUtcDateTime;

    public override bool IsReplaying => real.IsReplaying;

    protected override ILoggerFactory LoggerFactory => Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
        real.CreateTimer(++timers == lost ? fireAt.AddYears(10) : fireAt, cancellationToken);

    public override T GetInput<T>() => real.GetInput<T>()!;

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        real.CallActivityAsync<TResult>(name, input, options);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        real.CallSubOrchestratorAsync<TResult>(orchestratorName, input, options);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        real.WaitForExternalEvent<T>(eventName, cancellationToken);

    public override void SendEvent(string instanceId, string eventName, object payload) => real.SendEvent(instanceId, eventName, payload);

    public override void SetCustomStatus(object? customStatus) => real.SetCustomStatus(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        real.ContinueAsNew(newInput, preserveUnprocessedEvents);

    public override Guid NewGuid() => real.NewGuid();
}
