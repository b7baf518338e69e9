namespace ToolboxAI.Shared.Billing;

/// <summary>
/// The decisions of a dunning run, pure: what to do next, and what each answer or signal changes.
/// In order of precedence: a payment ends everything; owed mails go out; a held run waits; a try under way is brought to
/// its end; an asked-for try; then the policy's days.
/// </summary>
public static class DunningRules
{
    /// <summary>
    /// How long a try may be repeated under its key. Stripe keeps a key for 24 h on its own clock, from when the call reached it; the hour
    /// less is for clocks that differ and calls that take their time, since a key that is forgotten pays again.
    /// </summary>
    public static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(23);

    private static readonly TimeSpan LongestRepeat = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestHold = TimeSpan.FromDays(30);

    /// <summary>The state of a run whose invoice failed at <paramref name="firstFailureAt"/>, and whose customer may have another card by now.</summary>
    public static DunningState Start(DateTimeOffset firstFailureAt, Decline? decline, string? card, string? newCard = null)
    {
        var mode = ModeAfter(decline);
        var state = new DunningState { FirstFailureAt = firstFailureAt, Card = card, Mode = mode };
        if (newCard is not null)
        {
            return NewCard(state, newCard, firstFailureAt);
        }

        return Owe(state, mode == DunningMode.Retrying ? DunningMail.PaymentFailed : DunningMail.ActionRequired);
    }

    /// <summary>What to do next at <paramref name="now"/>.</summary>
    public static DunningStep Next(DunningPolicy policy, DunningState state, DateTimeOffset now)
    {
        if (state.Owed is [var owed, ..])
        {
            return new DunningStep.Mail(owed);
        }

        if (state.Ended)
        {
            return new DunningStep.Done();
        }

        if (state.Status == DunningStatus.Paused)
        {
            return new DunningStep.Wait(now + LongestHold);
        }

        if (state.Open is { } open)
        {
            return open.RepeatAt <= now ? new DunningStep.Pay(open) : new DunningStep.Wait(open.RepeatAt);
        }

        if (state.Asked is { } cause)
        {
            return Begin(state, cause, now);
        }

        return ByTheDays(policy, state, now);
    }

    /// <summary>The state once a try has begun. Calling an open try again changes nothing.</summary>
    public static DunningState Began(DunningPolicy policy, DunningState state, OpenTry open, DateTimeOffset now)
    {
        if (state.Open is not null)
        {
            return state;
        }

        // After a standstill several days may have passed: one try stands for all of them.
        var next = open.Cause == TryCause.Schedule ? FirstDayAfter(policy, state, now) : state.NextTry;
        return Change(state) with { Open = open, Tries = open.Number, Asked = null, NextTry = next };
    }

    /// <summary>The state after a call of the open try.</summary>
    public static DunningState After(DunningPolicy policy, DunningState state, PaymentOutcome outcome, DateTimeOffset now)
    {
        if (state.Ended || state.Open is not { } open)
        {
            return state;
        }

        return outcome.Knowledge switch
        {
            PaymentKnowledge.Paid => Recover(Close(state, open, TryResult.Paid, null, now)),
            PaymentKnowledge.Declined => Declined(policy, state, open, outcome.Decline ?? new(null, null, null), now),
            PaymentKnowledge.Unclear => Unclear(policy, state, open, now),
            PaymentKnowledge.Void => EndedAs(state, DunningStatus.Stopped),
            PaymentKnowledge.Uncollectible => EndedAs(state, DunningStatus.Uncollectible),
            _ => Change(state) with { Open = open with { Calls = open.Calls + 1, RepeatAt = now + RepeatAfter(open.Calls) } },
        };
    }

    /// <summary>The state after a signal.</summary>
    public static DunningState On(DunningState state, DunningSignal signal, DateTimeOffset now)
    {
        if (state.Ended)
        {
            return state;
        }

        state = state with { CorrelationId = signal.CorrelationId ?? state.CorrelationId };
        return signal.Kind switch
        {
            SignalKind.Paid => Recover(state),
            SignalKind.NewCard when signal.Card != state.Card => NewCard(state, signal.Card, now),
            SignalKind.RetryNow => Change(state) with { Asked = state.Asked ?? TryCause.RetryNow },
            SignalKind.Pause => Change(state) with { Status = DunningStatus.Paused },
            SignalKind.Resume => Change(state) with { Status = DunningStatus.Running },
            SignalKind.Stop => Change(state) with { Status = DunningStatus.Stopped, Open = null, Asked = null, Owed = [] },
            _ => state,
        };
    }

    /// <summary>The state once <paramref name="mail"/> is queued.</summary>
    public static DunningState MailQueued(DunningState state, OwedMail mail) => Change(state) with
    {
        Owed = [.. state.Owed.Where(owed => owed.Number != mail.Number)],
        Mails = Math.Max(state.Mails, mail.Number),
        FinalNoticeGiven = state.FinalNoticeGiven || mail.Template == DunningMail.FinalNotice,
    };

    /// <summary>The state once the policy's ending has come about, or turned out to be a payment after all.</summary>
    public static DunningState EndedAs(DunningState state, DunningStatus status) => status switch
    {
        _ when state.Ended => state,
        DunningStatus.Recovered => Recover(state),
        DunningStatus.Stopped => On(state, new(SignalKind.Stop), default),
        _ => Owe(Change(state) with { Status = status, Open = null, Asked = null, Owed = [] }, DunningMail.Cancelled),
    };

    /// <summary>Whether a call begun at <paramref name="since"/> may still be repeated with its key.</summary>
    public static bool MayRepeat(DateTimeOffset since, DateTimeOffset now) => now - since < KeyLifetime;

    /// <summary>When the next try is planned, or null while none is.</summary>
    public static DateTimeOffset? NextTryAt(DunningPolicy policy, DunningState state) => state switch
    {
        { Status: not DunningStatus.Running } => null,
        { Open: { } open } => open.RepeatAt,
        { Mode: DunningMode.Retrying } when state.NextTry < policy.TryDays.Count => policy.DueAt(state.FirstFailureAt, state.NextTry),
        _ => null,
    };

    private static DunningStep ByTheDays(DunningPolicy policy, DunningState state, DateTimeOffset now)
    {
        var last = policy.LastDay(state.FirstFailureAt);
        var retrying = state.Mode == DunningMode.Retrying;
        if (retrying ? state.NextTry >= policy.TryDays.Count : last <= now)
        {
            return new DunningStep.End(policy.Ending);
        }

        if (FinalStretchFrom(policy, state, now) is { } from && !state.FinalNoticeGiven)
        {
            return from <= now
                ? new DunningStep.Mail(new(state.Mails + 1, DunningMail.FinalNotice))
                : new DunningStep.Wait(from);
        }

        var due = retrying ? policy.DueAt(state.FirstFailureAt, state.NextTry) : last;
        return due <= now ? Begin(state, TryCause.Schedule, now) : new DunningStep.Wait(due);
    }

    /// <summary>
    /// When the last stretch begins, in which only the last day is left: at once when the last but one try has failed,
    /// on its day while waiting for the customer. Null: not yet in sight, or the policy has one day only.
    /// </summary>
    private static DateTimeOffset? FinalStretchFrom(DunningPolicy policy, DunningState state, DateTimeOffset now)
    {
        var count = policy.TryDays.Count;
        if (count < 2)
        {
            return null;
        }

        return state.Mode == DunningMode.Retrying
            ? state.NextTry == count - 1 ? now : null
            : policy.DueAt(state.FirstFailureAt, count - 2);
    }

    private static DunningStep.Pay Begin(DunningState state, TryCause cause, DateTimeOffset now) =>
        new(new OpenTry(state.Tries + 1, cause, Since: now, Calls: 0, RepeatAt: now));

    private static DunningState Declined(DunningPolicy policy, DunningState state, OpenTry open, Decline decline, DateTimeOffset now)
    {
        var before = state.Mode;
        state = Close(state, open, TryResult.Declined, decline.Reason, now) with { Mode = ModeAfter(decline) };
        state = Failed(policy, state, open, before, now);

        // No mail where a better one, or a try with the card that was asked for, follows at once.
        if (OutOfDays(policy, state, now) || state.Asked == TryCause.NewCard)
        {
            return state;
        }

        var noticeFollows = !state.FinalNoticeGiven && FinalStretchFrom(policy, state, now) <= now;
        return state.Mode switch
        {
            _ when noticeFollows => state,
            DunningMode.Retrying => open.Cause == TryCause.RetryNow ? state : Owe(state, DunningMail.PaymentFailed),
            _ when open.Cause == TryCause.RetryNow && before == state.Mode => state,
            _ => Owe(state, DunningMail.ActionRequired),
        };
    }

    private static DunningState Unclear(DunningPolicy policy, DunningState state, OpenTry open, DateTimeOffset now)
    {
        state = Close(state, open, TryResult.Unclear, null, now);

        // The new card has not been refused: let the policy's days try it.
        var after = open.Cause == TryCause.NewCard ? state with { Mode = DunningMode.Retrying } : state;
        return Failed(policy, after, open, state.Mode, now);
    }

    private static DunningState Failed(DunningPolicy policy, DunningState state, OpenTry open, DunningMode before, DateTimeOffset now)
    {
        var startsRetrying = state.Mode == DunningMode.Retrying && before != DunningMode.Retrying;
        return open.Cause switch
        {
            TryCause.NewCard => state with { FirstFailureAt = now, NextTry = 0, FinalNoticeGiven = false },

            // Days that went by while the run waited for the customer are not made up for.
            TryCause.RetryNow when startsRetrying => state with { NextTry = FirstDayAfter(policy, state, now) },
            _ => state,
        };
    }

    private static bool OutOfDays(DunningPolicy policy, DunningState state, DateTimeOffset now) =>
        state.Mode == DunningMode.Retrying ? state.NextTry >= policy.TryDays.Count : policy.LastDay(state.FirstFailureAt) <= now;

    private static int FirstDayAfter(DunningPolicy policy, DunningState state, DateTimeOffset now) =>
        Math.Max(state.NextTry, policy.TryDays.Count(day => state.FirstFailureAt + TimeSpan.FromHours(24 * day) <= now));

    private static DunningState NewCard(DunningState state, string? card, DateTimeOffset now) => Change(state) with
    {
        Card = card,
        Asked = TryCause.NewCard,

        // The try under way is brought to its end first: it may have been paid.
        Open = state.Open is { } open && open.RepeatAt > now ? open with { RepeatAt = now } : state.Open,
    };

    private static DunningState Recover(DunningState state) =>
        Owe(Change(state) with { Status = DunningStatus.Recovered, Open = null, Asked = null, Owed = [] }, DunningMail.Recovered);

    private static DunningState Close(DunningState state, OpenTry open, TryResult result, string? code, DateTimeOffset now) =>
        Change(state) with { Open = null, LastTry = new(open.Number, now, result, code) };

    private static DunningState Owe(DunningState state, DunningMail template) => state with
    {
        Mails = state.Mails + 1,
        Owed = [.. state.Owed, new(state.Mails + 1, template)],
    };

    private static DunningState Change(DunningState state) => state with { Version = state.Version + 1 };

    private static DunningMode ModeAfter(Decline? decline) => decline is null
        ? DunningMode.Retrying
        : DeclineCodes.Classify(decline) switch
        {
            DeclineClass.Soft => DunningMode.Retrying,
            DeclineClass.Authentication => DunningMode.AwaitingAuthentication,
            _ => DunningMode.AwaitingCard,
        };

    private static TimeSpan RepeatAfter(int calls)
    {
        var minutes = Math.Pow(2, Math.Min(calls, 10));
        return TimeSpan.FromMinutes(Math.Min(minutes, LongestRepeat.TotalMinutes));
    }
}
