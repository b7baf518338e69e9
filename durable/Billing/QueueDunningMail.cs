using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Durable.Billing;

/// <summary>A mail that a run owes.</summary>
public sealed record QueueDunningMailInput(DunningStart Start, DunningState State, OwedMail Owed);

/// <summary>Queues a run's mail to the tenant's billing address; the same mail is queued once.</summary>
public sealed class QueueDunningMail(
    IUnitOfWorkFactory units, IBillingAccounts accounts, Mails mails, IOptions<BillingOptions> options, ILogger<QueueDunningMail> log)
{
    /// <summary>Queues the mail.</summary>
    [Function(nameof(QueueDunningMail))]
    public async Task Run([ActivityTrigger] QueueDunningMailInput input, CancellationToken ct)
    {
        using var cause = Correlation.GoOn(log, input.State.CorrelationId);
        var start = input.Start;
        var planName = options.Value.Plans.TryGetValue(start.Plan, out var plan) ? plan.Name : start.Plan;
        var letter = DunningMails.Write(start, input.State, input.Owed, planName);
        await using var work = await units.Begin(start.Tenant, ct);
        var contact = await accounts.Contact(work, ct);
        if (await mails.Enqueue(work, letter.Id, start.InvoiceId, letter.Template, contact.BillingEmail, letter.Model, ct))
        {
            await work.Commit(ct);
        }
    }
}
