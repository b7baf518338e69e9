using ToolboxAI.Shared.Billing;

namespace ToolboxAI.Tests.Billing;

/// <summary>Walks the rules through virtual time: what a try is answered is the test's, waiting costs nothing.</summary>
internal sealed class DunningDriver
{
    private const int MostSteps = 5_000;
    private readonly DunningPolicy policy;
    private readonly DateTimeOffset firstFailure;
    private DunningState state;

    public DunningDriver(DunningPolicy policy, DateTimeOffset firstFailure, Decline? decline = null)
    {
        this.policy = policy;
        this.firstFailure = firstFailure;
        state = DunningRules.Start(firstFailure, decline, "pm_first");
        Now = firstFailure;
    }

    public static readonly PaymentOutcome Paid = new(PaymentKnowledge.Paid);
    public static readonly PaymentOutcome Soft = new(PaymentKnowledge.Declined, new(null, "insufficient_funds", "card_declined"));
    public static readonly PaymentOutcome Hard = new(PaymentKnowledge.Declined, new(null, "stolen_card", "card_declined"));
    public static readonly PaymentOutcome Authenticate = new(PaymentKnowledge.Declined, new(null, "authentication_required", "card_declined"));
    public static readonly PaymentOutcome Unclear = new(PaymentKnowledge.Unclear);
    public static readonly PaymentOutcome Unknown = new(PaymentKnowledge.Unknown);

    public DateTimeOffset Now { get; private set; }

    public DunningState State => state;

    /// <summary>What a try is answered.</summary>
    public Func<OpenTry, PaymentOutcome> Answer { get; set; } = _ => Soft;

    public List<(DunningMail Template, double Day)> Mails { get; } = [];

    public List<(int Number, TryCause Cause, double Day)> Calls { get; } = [];

    public List<DunningTry> Tries { get; } = [];

    public DunningEnding? Ending { get; private set; }

    public double Day => (Now - firstFailure).TotalDays;

    public DateTimeOffset? NextTryAt => DunningRules.NextTryAt(policy, state);

    public DunningDriver Tell(SignalKind kind, string? card = null)
    {
        state = DunningRules.On(state, new(kind, card), Now);
        return this;
    }

    /// <summary>Runs until a day, or to the end when none is given.</summary>
    public DunningDriver Run(double? untilDay = null)
    {
        var until = untilDay is { } day ? firstFailure + TimeSpan.FromDays(day) : DateTimeOffset.MaxValue;
        for (var step = 0; step < MostSteps; step++)
        {
            switch (DunningRules.Next(policy, state, Now))
            {
                case DunningStep.Done:
                    return this;
                case DunningStep.Wait wait when wait.Until > until || (state.Status == DunningStatus.Paused && untilDay is null):
                    Now = untilDay is null ? Now : until;
                    return this;
                case DunningStep.Wait wait:
                    Assert.True(wait.Until > Now, "A wait must lie ahead.");
                    Now = wait.Until;
                    break;
                case DunningStep.Mail mail:
                    Mails.Add((mail.Owed.Template, Day));
                    state = DunningRules.MailQueued(state, mail.Owed);
                    break;
                case DunningStep.Pay pay:
                    Pay(pay.Try);
                    break;
                case DunningStep.End end:
                    Assert.Null(Ending);
                    Ending = end.Ending;
                    state = DunningRules.EndedAs(state, DunningStatus.Cancelled);
                    break;
            }
        }

        throw new InvalidOperationException("The rules do not come to an end.");
    }

    /// <summary>The machine stands still, nothing is done meanwhile.</summary>
    public DunningDriver Sleep(double days)
    {
        Now += TimeSpan.FromDays(days);
        return this;
    }

    private void Pay(OpenTry open)
    {
        Calls.Add((open.Number, open.Cause, Day));
        state = DunningRules.Began(policy, state, open, Now);
        state = DunningRules.After(policy, state, Answer(open), Now);
        if (state.LastTry is { } last && last.Number == open.Number)
        {
            Tries.Add(last);
        }
    }
}
