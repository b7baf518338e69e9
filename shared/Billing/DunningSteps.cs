using System.Text.Json.Serialization;

namespace ToolboxAI.Shared.Billing;

/// <summary>What a run does next; decided by <see cref="DunningRules.Next"/>.</summary>
public abstract record DunningStep
{
    private DunningStep()
    {
    }

    /// <summary>Begin a try, or call the one under way again, under its own key.</summary>
    public sealed record Pay(OpenTry Try) : DunningStep;

    /// <summary>Queue a mail.</summary>
    public sealed record Mail(OwedMail Owed) : DunningStep;

    /// <summary>Wait for a signal, at the longest until a moment.</summary>
    public sealed record Wait(DateTimeOffset Until) : DunningStep;

    /// <summary>Bring the policy's ending about.</summary>
    public sealed record End(DunningEnding Ending) : DunningStep;

    /// <summary>Nothing more to do.</summary>
    public sealed record Done : DunningStep;
}

/// <summary>What is known after a try was called or its invoice read.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentKnowledge>))]
public enum PaymentKnowledge
{
    /// <summary>The invoice is paid.</summary>
    Paid,

    /// <summary>The card was refused, and the refusal is this try's.</summary>
    Declined,

    /// <summary>It will not become known by asking again: the key has run out, or a stored fault is replayed; the invoice is open.</summary>
    Unclear,

    /// <summary>Nothing is known yet: ask again, with the same key while it holds.</summary>
    Unknown,

    /// <summary>There is nothing left to collect: the invoice is void or gone.</summary>
    Void,

    /// <summary>Someone else marked the invoice uncollectible.</summary>
    Uncollectible,
}

/// <summary>The outcome of calling a try.</summary>
/// <param name="Knowledge">What is known now.</param>
/// <param name="Decline">The refusal, when it was one.</param>
public sealed record PaymentOutcome(PaymentKnowledge Knowledge, Decline? Decline = null);

/// <summary>What a run is told from outside.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignalKind>))]
public enum SignalKind
{
    /// <summary>The invoice is paid. Final.</summary>
    Paid,

    /// <summary>Another failure of the same invoice was reported; the run has its own view of its tries.</summary>
    Failed,

    /// <summary>The customer gave another card.</summary>
    NewCard,

    /// <summary>A person asks for a try at once.</summary>
    RetryNow,

    /// <summary>A person holds the run.</summary>
    Pause,

    /// <summary>A person lets the run go on.</summary>
    Resume,

    /// <summary>A person ends the run, or the subscription is gone.</summary>
    Stop,
}

/// <summary>A message to a run.</summary>
/// <param name="Kind">What is told.</param>
/// <param name="Card">The card's id, with <see cref="SignalKind.NewCard"/>.</param>
/// <param name="CorrelationId">The correlation id of the call that tells it; the log lines and messages that follow from it carry it.</param>
public sealed record DunningSignal(SignalKind Kind, string? Card = null, string? CorrelationId = null);
