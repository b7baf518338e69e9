using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;

namespace ToolboxAI.Durable.Billing;

/// <summary>
/// Collects one failed invoice, to its end. The decisions are <see cref="DunningRules"/>; this carries them out, one step at
/// a time, and writes down each step that changed something.
/// </summary>
public static class Dunning
{
    /// <summary>After so many steps the run continues as new; a step adds some ten events to the history.</summary>
    private const int StepsPerHistory = 40;

    /// <summary>Runs until the invoice is paid, the policy's end has come, or a person stops it; returns how it ended.</summary>
    [Function(DunningStart.Orchestration)]
    public static async Task<DunningStatus> Run([OrchestrationTrigger] TaskOrchestrationContext context, DunningInput input)
    {
        var start = input.Start;
        var state = input.State ?? DunningRules.Start(start.FirstFailureAt, start.Decline, start.Card, start.NewCard) with { CorrelationId = input.CorrelationId };
        Task<DunningSignal>? signal = null;

        // A signal that has come in is taken before the run continues as new: it would not come again.
        for (var steps = 0; steps < StepsPerHistory || signal is { IsCompleted: true }; steps++)
        {
            var before = state.Version;
            signal ??= context.WaitForExternalEvent<DunningSignal>(DunningStart.Signal);
            if (signal.IsCompleted)
            {
                state = DunningRules.On(state, await signal, Now(context));
                signal = null;
            }
            else
            {
                switch (DunningRules.Next(start.Policy, state, Now(context)))
                {
                    case DunningStep.Done:
                        return state.Status;
                    case DunningStep.Wait wait:
                        await WaitFor(context, signal, wait.Until);
                        break;
                    case DunningStep.Pay pay:
                        state = await Pay(context, start, state, pay.Try);
                        break;
                    case DunningStep.Mail mail:
                        await context.CallActivityAsync(nameof(QueueDunningMail), new QueueDunningMailInput(start, state, mail.Owed), Retry.Patient);
                        state = DunningRules.MailQueued(state, mail.Owed);
                        break;
                    case DunningStep.End end:
                        state = DunningRules.EndedAs(state, await End(context, start, end.Ending, state.CorrelationId));
                        break;
                }
            }

            if (state.Version != before)
            {
                await context.CallActivityAsync(nameof(RecordDunning), new RecordDunningInput(start.Tenant, start.InvoiceId, state), Retry.Patient);
            }
        }

        context.ContinueAsNew(new DunningInput(start, state));
        return state.Status;
    }

    private static async Task<DunningState> Pay(TaskOrchestrationContext context, DunningStart start, DunningState state, OpenTry open)
    {
        state = DunningRules.Began(start.Policy, state, open, Now(context));
        var input = new TryPaymentInput(start.InvoiceId, start.TryKey(open.Number), open.Since, state.CorrelationId);
        PaymentOutcome outcome;
        try
        {
            outcome = await context.CallActivityAsync<PaymentOutcome>(nameof(TryPayment), input);
        }
        catch (TaskFailedException)
        {
            // Whatever broke, the card may have been charged: the rules have the try asked about until it is known.
            outcome = new(PaymentKnowledge.Unknown);
        }

        return DunningRules.After(start.Policy, state, outcome, Now(context));
    }

    private static async Task<DunningStatus> End(TaskOrchestrationContext context, DunningStart start, DunningEnding ending, string? cause)
    {
        // The invoice first: once it can't be paid any more, no payment can meet a cancelled subscription.
        var close = new CloseInvoiceInput(start.InvoiceId, ending, cause);
        if (await context.CallActivityAsync<InvoiceStatus>(nameof(CloseInvoice), close, Retry.Patient) == InvoiceStatus.Paid)
        {
            return DunningStatus.Recovered;
        }

        switch (ending)
        {
            case DunningEnding.Pause:
                return await context.CallActivityAsync<bool?>(nameof(PauseCollection), new PauseCollectionInput(start, cause), Retry.Patient) switch
                {
                    true => DunningStatus.Suspended,
                    false => DunningStatus.Recovered,
                    null => DunningStatus.Stopped,
                };
            case DunningEnding.Uncollectible:
                // Earlier releases withdrew without an answer.
                var withdraw = new WithdrawAccessInput(start.Tenant, start.InvoiceId, cause);
                return await context.CallActivityAsync<bool?>(nameof(WithdrawAccess), withdraw, Retry.Patient) == false
                    ? DunningStatus.Stopped
                    : DunningStatus.Uncollectible;
            default:
                await context.CallActivityAsync(nameof(CancelSubscription), new CancelSubscriptionInput(start.SubscriptionId, cause), Retry.Patient);
                return DunningStatus.Cancelled;
        }
    }

    private static async Task WaitFor(TaskOrchestrationContext context, Task signal, DateTimeOffset until)
    {
        using var woken = new CancellationTokenSource();
        var timer = context.CreateTimer(until.UtcDateTime, woken.Token);
        await Task.WhenAny(signal, timer);
        if (!timer.IsCompleted)
        {
            woken.Cancel();                              // not CancelAsync: an orchestrator awaits durable tasks only
        }
    }

    private static DateTimeOffset Now(TaskOrchestrationContext context) =>
        new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));
}
