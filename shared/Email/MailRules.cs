using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Shared.Email;

/// <summary>What to do with a mail that a message points at.</summary>
public abstract record MailStep
{
    /// <summary>Call SendGrid.</summary>
    /// <param name="Again">Whether an earlier call may have sent it, so that this one may be a duplicate.</param>
    public sealed record Send(bool Again) : MailStep;

    /// <summary>Look again at <paramref name="Until"/>.</summary>
    public sealed record Wait(DateTimeOffset Until) : MailStep;

    /// <summary>Not even another call would make it clear: leave it to a late event and to people.</summary>
    public sealed record GiveUp : MailStep;

    /// <summary>There is nothing left to do.</summary>
    public sealed record Nothing : MailStep;
}

/// <summary>What an event of SendGrid's says about one of our mails.</summary>
/// <param name="Type">SendGrid's name of the event.</param>
/// <param name="At">When it happened, by SendGrid.</param>
/// <param name="MessageId">SendGrid's id of the message.</param>
/// <param name="Reason">Why the mail did not get there.</param>
public sealed record MailEvent(string Type, DateTimeOffset At, string? MessageId, string? Reason);

/// <summary>
/// The life of a mail. SendGrid has no idempotency key, so a call without an answer is not repeated blindly: each event
/// that SendGrid sends carries our id and proves that the mail was taken on; only a silence of <see cref="Silence"/> after the
/// call lets it be made again, and once only.
/// </summary>
public static class MailRules
{
    /// <summary>How long no event may come after an unclear call before it is made again.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(15);

    /// <summary>How long a mail is worth sending.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    /// <summary>How many calls may stay without an answer: at the worst there is one duplicate.</summary>
    public const int MostUnanswered = 2;

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>What to do now.</summary>
    public static MailStep Next(Mail mail, DateTimeOffset now) => mail.State switch
    {
        MailState.Pending => new MailStep.Send(Again: mail.Unanswered > 0),
        MailState.Sending when mail.Reason is UnconfirmedReason => new MailStep.Nothing(),
        MailState.Sending when now < mail.LastSendAt + Silence => new MailStep.Wait(mail.LastSendAt!.Value + Silence),
        MailState.Sending when mail.Unanswered >= MostUnanswered || IsTooOld(mail, now) => new MailStep.GiveUp(),
        MailState.Sending => new MailStep.Send(Again: true),
        _ => new MailStep.Nothing(),
    };

    /// <summary>The mail as it is committed before the call; until there is an answer the call counts as unanswered.</summary>
    public static Mail Begin(Mail mail, MailStep.Send step, DateTimeOffset now) => mail with
    {
        State = MailState.Sending,
        Sends = mail.Sends + 1,
        Unanswered = mail.Unanswered + 1,
        Resends = mail.Resends + (step.Again ? 1 : 0),
        LastSendAt = now,
    };

    /// <summary>The mail after SendGrid accepted it. An event may have come before the answer: then only the id is new.</summary>
    public static Mail Accepted(Mail mail, string messageId) => mail with
    {
        State = IsOpen(mail) ? MailState.Accepted : mail.State,
        Unanswered = mail.Unanswered - 1,
        SentAt = mail.SentAt ?? mail.LastSendAt,
        MessageId = mail.MessageId ?? messageId,
        Reason = IsOpen(mail) ? null : mail.Reason,
    };

    /// <summary>The mail after a call that did not succeed, and when to look at it again (null: never).</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="failure">What the failure means.</param>
    /// <param name="answered">Whether SendGrid answered at all.</param>
    /// <param name="reason">In SendGrid's words or ours.</param>
    /// <param name="now">Business time.</param>
    public static (Mail Mail, DateTimeOffset? LookAgainAt) Failed(
        Mail mail, GatewayFailure failure, bool answered, string reason, DateTimeOffset now)
    {
        var failed = answered ? mail with { Unanswered = mail.Unanswered - 1 } : mail;
        if (!IsOpen(mail))
        {
            return (failed, null);                                               // an event has overtaken the answer
        }

        return failure switch
        {
            GatewayFailure.Unclear => (failed with { Reason = reason }, mail.LastSendAt + Silence),
            GatewayFailure.Transient when !IsTooOld(mail, now) => (failed with { State = MailState.Pending, Reason = reason }, now + Pause(mail.Sends)),
            _ => (failed with { State = MailState.Dropped, Reason = reason }, null),
        };
    }

    /// <summary>The mail after everything was tried: it keeps its state, because a late event may still say what became of it.</summary>
    public static Mail GivenUp(Mail mail) => mail with { Reason = UnconfirmedReason };

    /// <summary>The mail after an event; the same one when the event says nothing new. What is final stays.</summary>
    public static Mail Apply(Mail mail, MailEvent happened)
    {
        if (StateAfter(happened.Type) is not { } state || Rank(state) <= Rank(mail.State))
        {
            return mail;
        }

        return mail with
        {
            State = state,
            SentAt = mail.SentAt ?? mail.LastSendAt ?? happened.At,
            MessageId = mail.MessageId ?? happened.MessageId,
            Reason = state is MailState.Bounced or MailState.Dropped ? happened.Reason : null,
        };
    }

    /// <summary>What an event proves; null when it is not about a mail on its way.</summary>
    public static MailState? StateAfter(string type) => type switch
    {
        "delivered" => MailState.Delivered,
        "bounce" => MailState.Bounced,
        "dropped" => MailState.Dropped,
        "processed" or "deferred" => MailState.Accepted,
        "open" or "click" or "spamreport" or "unsubscribe" or "group_unsubscribe" or "group_resubscribe" => MailState.Accepted,
        _ => null,
    };

    private const string UnconfirmedReason = "unconfirmed";

    private static bool IsOpen(Mail mail) => mail.State is MailState.Pending or MailState.Sending;

    private static bool IsTooOld(Mail mail, DateTimeOffset now) => now >= mail.CreatedAt + Lifetime;

    private static int Rank(MailState state) => Math.Min((int)state, (int)MailState.Delivered);

    private static TimeSpan Pause(int sends) =>
        TimeSpan.FromTicks(Math.Min(TimeSpan.FromMinutes(1).Ticks << Math.Min(sends - 1, 6), LongestPause.Ticks));
}
