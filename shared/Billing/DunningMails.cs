using ToolboxAI.Shared.Email;

namespace ToolboxAI.Shared.Billing;

/// <summary>A mail of a run, ready to be queued.</summary>
/// <param name="Id">Derived from the run and the mail's number, so that a repeated step queues no second one.</param>
/// <param name="Template">One of <see cref="MailTemplate"/>.</param>
/// <param name="Model">What it says.</param>
public sealed record DunningLetter(string Id, string Template, PaymentMail Model);

/// <summary>What the mails of a run say, pure.</summary>
public static class DunningMails
{
    /// <summary>The mail that a run owes.</summary>
    /// <param name="start">What the run started from.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="mail">Which mail.</param>
    /// <param name="planName">The plan's name for people.</param>
    public static DunningLetter Write(DunningStart start, DunningState state, OwedMail mail, string planName)
    {
        var template = TemplateOf(mail.Template, state.Status);
        var retrying = state.Mode == DunningMode.Retrying;
        var model = new PaymentMail(planName, start.Amount, start.Currency)
        {
            NextTryAt = DunningRules.NextTryAt(start.Policy, state),
            TriesLeft = retrying ? Math.Max(0, start.Policy.TryDays.Count - state.NextTry) : 0,
            Deadline = start.Policy.LastDay(state.FirstFailureAt),
            Reason = DeclineCodes.ForCustomer(state.LastTry?.DeclineCode ?? start.Decline?.Reason),
            ActionUrl = start.PaymentPage,
            Authenticate = state.Mode == DunningMode.AwaitingAuthentication,
            Ending = EndingWord(start.Policy.Ending),
        };
        return new($"{start.InstanceId}/mail-{mail.Number}-{template}", template, model);
    }

    private static string TemplateOf(DunningMail mail, DunningStatus status) => mail switch
    {
        DunningMail.PaymentFailed => MailTemplate.PaymentFailed,
        DunningMail.ActionRequired => MailTemplate.ActionRequired,
        DunningMail.FinalNotice => MailTemplate.FinalNotice,
        DunningMail.Recovered => MailTemplate.Recovered,
        _ => status switch
        {
            DunningStatus.Suspended => MailTemplate.Suspended,
            DunningStatus.Uncollectible => MailTemplate.Uncollectible,
            _ => MailTemplate.Cancelled,
        },
    };

    private static string EndingWord(DunningEnding ending) => ending switch
    {
        DunningEnding.Pause => "pause",
        DunningEnding.Uncollectible => "uncollectible",
        _ => "cancel",
    };
}
