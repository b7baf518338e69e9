using FsCheck;
using FsCheck.Fluent;
using ToolboxAI.Shared.Billing;

namespace ToolboxAI.Tests.Billing;

/// <summary>What holds of every run, whatever it is told and however its tries end.</summary>
public sealed class DunningProperties
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<DunningPolicy> Policies =
        from days in Gen.Choose(1, 30).NonEmptyListOf()
        from ending in Gen.Elements(Enum.GetValues<DunningEnding>())
        select new DunningPolicy([.. days.Distinct().Order().Take(DunningPolicy.MaxTries)], ending);

    private static readonly Gen<PaymentOutcome> Outcomes = Gen.Elements(
        DunningDriver.Soft, DunningDriver.Soft, DunningDriver.Soft, DunningDriver.Hard, DunningDriver.Authenticate, DunningDriver.Unclear,
        DunningDriver.Unknown, DunningDriver.Unknown, DunningDriver.Paid);

    private static readonly Gen<(double Day, SignalKind Kind, int Card)> Signals =
        from hours in Gen.Choose(0, 24 * 40)
        from kind in Gen.Elements(Enum.GetValues<SignalKind>())
        from card in Gen.Choose(0, 3)
        select (hours / 24.0, kind, card);

    private static readonly Arbitrary<Story> Stories = (
        from policy in Policies
        from outcomes in Outcomes.ListOf(60)
        from signals in Gen.Choose(0, 6).SelectMany(count => Signals.ListOf(count))
        from first in Gen.Elements<Decline?>(null, new(null, "insufficient_funds", null), new(null, "stolen_card", null))
        select new Story(policy, [.. outcomes], [.. signals.OrderBy(signal => signal.Day)], first)).ToArbitrary();

    [Fact]
    public void Every_run_that_is_not_held_comes_to_an_end() => Holds(story =>
    {
        var run = Play(story);
        run.Tell(SignalKind.Resume).Run();
        return run.State.Ended;
    });

    [Fact]
    public void Tries_are_numbered_without_gaps_and_repeated_only_while_under_way() => Holds(story =>
    {
        var run = Play(story);
        var numbers = run.Calls.Select(call => call.Number).ToList();
        return numbers.SequenceEqual(numbers.Order()) && numbers.Distinct().SequenceEqual(Enumerable.Range(1, run.State.Tries));
    });

    [Fact]
    public void There_are_never_more_scheduled_tries_than_days_since_the_last_new_card() => Holds(story =>
    {
        var since = 0;
        return Play(story).Calls.DistinctBy(call => call.Number).All(call =>
        {
            since = call.Cause switch { TryCause.NewCard => 0, TryCause.Schedule => since + 1, _ => since };
            return since <= story.Policy.TryDays.Count;
        });
    });

    [Fact]
    public void No_scheduled_try_is_early() => Holds(story =>
    {
        var run = new DunningDriver(story.Policy, Noon, story.First);
        var early = false;
        run.Answer = open =>
        {
            var due = story.Policy.TryDays.Select((_, index) => story.Policy.DueAt(run.State.FirstFailureAt, index));
            early |= open.Cause == TryCause.Schedule && open.Calls == 0 && !due.Any(at => at <= run.Now);
            return story.Outcome(open);
        };
        Play(story, run);
        return !early;
    });

    [Fact]
    public void A_run_ends_once_and_with_one_last_mail() => Holds(story =>
    {
        var run = Play(story);
        run.Tell(SignalKind.Resume).Run();
        var last = run.Mails.Count(mail => mail.Template is DunningMail.Recovered or DunningMail.Cancelled);
        return run.State.Status switch
        {
            DunningStatus.Recovered => last == 1 && run.Mails[^1].Template == DunningMail.Recovered,
            DunningStatus.Stopped => last == 0,
            _ => last == 1 && run.Mails[^1].Template == DunningMail.Cancelled && run.Ending == story.Policy.Ending,
        };
    });

    [Fact]
    public void Paid_ends_a_run_from_wherever_it_stands() => Holds(story =>
    {
        var run = Play(story);
        if (run.State.Ended)
        {
            return true;
        }

        run.Tell(SignalKind.Paid).Run();
        return run.State.Status == DunningStatus.Recovered && run.State.Open is null;
    });

    [Fact]
    public void The_final_notice_goes_out_at_most_once_between_two_cards() => Holds(story =>
    {
        var run = Play(story);
        var cards = run.Calls.Where(call => call.Cause == TryCause.NewCard).DistinctBy(call => call.Number).Count();
        return run.Mails.Count(mail => mail.Template == DunningMail.FinalNotice) <= cards + 1;
    });

    [Fact]
    public void Mails_are_numbered_once_each() => Holds(story =>
    {
        var run = Play(story);
        return run.State.Mails >= run.Mails.Count;
    });

    [Fact]
    public void Retry_now_changes_neither_the_days_of_the_tries_nor_the_end() => Holds(story =>
    {
        var plain = new DunningDriver(story.Policy, Noon).Run();
        var asked = new DunningDriver(story.Policy, Noon);
        foreach (var (day, _, _) in story.Signals.Where(signal => signal.Day < plain.Day))
        {
            asked.Run(day).Tell(SignalKind.RetryNow);
        }

        asked.Run();
        var days = asked.Calls.Where(call => call.Cause == TryCause.Schedule).Select(call => call.Day);
        return days.SequenceEqual(plain.Calls.Select(call => call.Day)) && asked.Day == plain.Day && asked.Mails.SequenceEqual(plain.Mails);
    });

    private static DunningDriver Play(Story story, DunningDriver? with = null)
    {
        var run = with ?? new DunningDriver(story.Policy, Noon, story.First) { Answer = story.Outcome };
        foreach (var (day, kind, card) in story.Signals)
        {
            run.Run(Math.Max(day, run.Day)).Tell(kind, $"pm_{card}");
        }

        return run.Run();
    }

    private static void Holds(Func<Story, bool> holds) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Stories, holds));

    public sealed record Story(
        DunningPolicy Policy, PaymentOutcome[] Outcomes, (double Day, SignalKind Kind, int Card)[] Signals, Decline? First)
    {
        /// <summary>Nothing stays unknown for ever: after a while the reading decides.</summary>
        public PaymentOutcome Outcome(OpenTry open)
        {
            var outcome = Outcomes[(open.Number + open.Calls) % Outcomes.Length];
            return outcome.Knowledge == PaymentKnowledge.Unknown && open.Calls > 30 ? DunningDriver.Unclear : outcome;
        }

        public override string ToString() =>
            $"days {string.Join(',', Policy.TryDays)} {Policy.Ending}; first {First?.DeclineCode}; outcomes {string.Join(',', Outcomes.Select(outcome => outcome.Decline?.DeclineCode ?? outcome.Knowledge.ToString()))}; signals {string.Join(',', Signals)}";
    }
}
