using System.Text.Json.Serialization;

namespace ToolboxAI.Shared.Billing;

/// <summary>Where a dunning run stands, as the API shows it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DunningStatus>))]
public enum DunningStatus
{
    /// <summary>Tries and waits go on.</summary>
    Running,

    /// <summary>Held by a person: no try, mail or ending until it is resumed.</summary>
    Paused,

    /// <summary>The invoice was paid.</summary>
    Recovered,

    /// <summary>Ended by policy: the invoice was voided and the subscription cancelled.</summary>
    Cancelled,

    /// <summary>Ended by policy: collection is paused.</summary>
    Suspended,

    /// <summary>Ended by policy: the invoice is marked uncollectible and access withdrawn.</summary>
    Uncollectible,

    /// <summary>Ended by a person, or because there is nothing left to collect.</summary>
    Stopped,
}

/// <summary>What a running run waits for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DunningMode>))]
public enum DunningMode
{
    /// <summary>The next try day.</summary>
    Retrying,

    /// <summary>Another card, or the corrected one.</summary>
    AwaitingCard,

    /// <summary>The customer's confirmation on the payment page.</summary>
    AwaitingAuthentication,
}

/// <summary>Why a try is made.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TryCause>))]
public enum TryCause
{
    /// <summary>The policy's day has come.</summary>
    Schedule,

    /// <summary>A person asked for it; it moves no date.</summary>
    RetryNow,

    /// <summary>The customer gave another card; if it fails, day 0 is that moment.</summary>
    NewCard,
}

/// <summary>How a try ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TryResult>))]
public enum TryResult
{
    /// <summary>The invoice is paid.</summary>
    Paid,

    /// <summary>The card was refused.</summary>
    Declined,

    /// <summary>It can't be known whether the card was charged; the invoice is open.</summary>
    Unclear,
}

/// <summary>A try as the API shows it.</summary>
public sealed record DunningTry(int Number, DateTimeOffset At, TryResult Result, string? DeclineCode);

/// <summary>A try that has begun and whose end is not known yet.</summary>
/// <param name="Number">From 1, over all causes; names the idempotency key.</param>
/// <param name="Cause">Why it is made.</param>
/// <param name="Since">When it began: its key is used for 23 h from here.</param>
/// <param name="Calls">How often it was called so far.</param>
/// <param name="RepeatAt">When it is called again.</param>
public sealed record OpenTry(int Number, TryCause Cause, DateTimeOffset Since, int Calls, DateTimeOffset RepeatAt);

/// <summary>The mails of a run; their names are those of the templates.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DunningMail>))]
public enum DunningMail
{
    /// <summary>A payment failed and will be tried again.</summary>
    PaymentFailed,

    /// <summary>Another card, or the customer's confirmation, is needed.</summary>
    ActionRequired,

    /// <summary>The last try, and what follows it.</summary>
    FinalNotice,

    /// <summary>The invoice is paid.</summary>
    Recovered,

    /// <summary>The run ended without payment.</summary>
    Cancelled,
}

/// <summary>A mail that the run has decided on. The number makes its id, so that it is queued once.</summary>
public sealed record OwedMail(int Number, DunningMail Template);

/// <summary>All that a run remembers from step to step. Decisions over it are in <see cref="DunningRules"/>.</summary>
public sealed record DunningState
{
    /// <summary>Running, paused, or how it ended.</summary>
    public DunningStatus Status { get; init; }

    /// <summary>What it waits for while it runs.</summary>
    public DunningMode Mode { get; init; }

    /// <summary>Day 0: the first failure, or the failure of the last new card.</summary>
    public required DateTimeOffset FirstFailureAt { get; init; }

    /// <summary>Index of the next of the policy's tries.</summary>
    public int NextTry { get; init; }

    /// <summary>How many tries were begun.</summary>
    public int Tries { get; init; }

    /// <summary>The last try that ended.</summary>
    public DunningTry? LastTry { get; init; }

    /// <summary>The try under way.</summary>
    public OpenTry? Open { get; init; }

    /// <summary>A try to make at once.</summary>
    public TryCause? Asked { get; init; }

    /// <summary>The card that the run knows of; a signal about the same card is a repetition.</summary>
    public string? Card { get; init; }

    /// <summary>Mails decided on and not queued yet, oldest first.</summary>
    public IReadOnlyList<OwedMail> Owed { get; init; } = [];

    /// <summary>How many mails were decided on.</summary>
    public int Mails { get; init; }

    /// <summary>The final notice of this count of days was decided on.</summary>
    public bool FinalNoticeGiven { get; init; }

    /// <summary>The correlation id of the call that started the run or told it something last.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Rises with every change, so that a late writer of the projection can't undo a newer one.</summary>
    public int Version { get; init; }

    /// <summary>True once nothing can change any more.</summary>
    public bool Ended => Status is not (DunningStatus.Running or DunningStatus.Paused);
}
