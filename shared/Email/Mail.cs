namespace ToolboxAI.Shared.Email;

/// <summary>Where a mail stands. The last three are final.</summary>
public enum MailState
{
    /// <summary>Written with the change that causes it; no call to SendGrid is under way.</summary>
    Pending,

    /// <summary>A call to SendGrid was begun and its outcome is not known yet.</summary>
    Sending,

    /// <summary>SendGrid has taken it on.</summary>
    Accepted,

    /// <summary>The recipient's server has taken it on.</summary>
    Delivered,

    /// <summary>The recipient's server has refused it.</summary>
    Bounced,

    /// <summary>It will never be sent: SendGrid refused it, or the address is suppressed.</summary>
    Dropped,
}

/// <summary>A mail of a tenant.</summary>
/// <param name="Id">Derived by the caller from what it is about, so that a repeated step writes no second mail; at most 200 characters.</param>
/// <param name="About">The object that it is about, for example an invoice id.</param>
/// <param name="Template">One of <see cref="MailTemplate"/>.</param>
/// <param name="To">The recipient's address.</param>
/// <param name="Model">What the template says.</param>
/// <param name="CreatedAt">When it was written (business time).</param>
public sealed record Mail(string Id, string About, string Template, string To, PaymentMail Model, DateTimeOffset CreatedAt)
{
    /// <summary>Where it stands.</summary>
    public MailState State { get; init; }

    /// <summary>How many calls to SendGrid were begun.</summary>
    public int Sends { get; init; }

    /// <summary>How many of the calls have no answer: each of them may have sent the mail.</summary>
    public int Unanswered { get; init; }

    /// <summary>How many of the calls came after one with an unclear outcome: each of them may be a duplicate.</summary>
    public int Resends { get; init; }

    /// <summary>When the last call was begun.</summary>
    public DateTimeOffset? LastSendAt { get; init; }

    /// <summary>When the call was begun that SendGrid accepted; null until that is known.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>SendGrid's id of the message; null until it is known.</summary>
    public string? MessageId { get; init; }

    /// <summary>Why it is not delivered, in SendGrid's words or ours.</summary>
    public string? Reason { get; init; }
}

/// <summary>The names of the templates, as they stand in the database and in answers.</summary>
public static class MailTemplate
{
    /// <summary>A payment was declined and will be tried again.</summary>
    public const string PaymentFailed = "payment_failed";

    /// <summary>Only the customer can go on: another card, or a confirmation at the bank.</summary>
    public const string ActionRequired = "action_required";

    /// <summary>The last try is near; what happens if it fails.</summary>
    public const string FinalNotice = "final_notice";

    /// <summary>The payment went through.</summary>
    public const string Recovered = "recovered";

    /// <summary>The end: the subscription is cancelled and the open invoice voided.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The end: the subscription is paused.</summary>
    public const string Suspended = "suspended";

    /// <summary>The end: the invoice is given up and access withdrawn.</summary>
    public const string Uncollectible = "uncollectible";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [PaymentFailed, ActionRequired, FinalNotice, Recovered, Cancelled, Suspended, Uncollectible];
}

/// <summary>What a mail about a payment says.</summary>
/// <param name="Plan">The plan's name for people.</param>
/// <param name="Amount">What is due, in the currency's minor units.</param>
/// <param name="Currency">ISO 4217, in any case.</param>
public sealed record PaymentMail(string Plan, long Amount, string Currency)
{
    /// <summary>When the next try is due.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>How many tries are left, the next one included.</summary>
    public int TriesLeft { get; init; }

    /// <summary>Until when the customer can act.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Why the payment failed, a sentence for the customer.</summary>
    public string? Reason { get; init; }

    /// <summary>The page on which the invoice can be paid: an http or https address; null when there is none.</summary>
    public string? ActionUrl { get; init; }

    /// <summary>Whether the customer must confirm the payment at the bank rather than give another card.</summary>
    public bool Authenticate { get; init; }

    /// <summary>What follows when the last try fails: <c>cancel</c>, <c>pause</c> or <c>uncollectible</c>.</summary>
    public string Ending { get; init; } = "cancel";
}
