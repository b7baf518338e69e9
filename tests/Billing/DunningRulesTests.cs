using ToolboxAI.Shared.Billing;

namespace ToolboxAI.Tests.Billing;

public sealed class DunningRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static DunningDriver Default(Decline? decline = null) => new(DunningPolicy.Default, Noon, decline);

    [Fact]
    public void A_declined_card_is_retried_on_the_policy_s_days_and_then_the_subscription_ends()
    {
        var run = Default().Run();
        Assert.Equal([1, 3, 5, 7, 14, 21], run.Calls.Select(call => call.Day));
        Assert.Equal([1, 2, 3, 4, 5, 6], run.Calls.Select(call => call.Number));
        Assert.Equal(DunningEnding.Cancel, run.Ending);
        Assert.Equal(
            [
                (DunningMail.PaymentFailed, 0), (DunningMail.PaymentFailed, 1), (DunningMail.PaymentFailed, 3), (DunningMail.PaymentFailed, 5),
                (DunningMail.PaymentFailed, 7), (DunningMail.FinalNotice, 14), (DunningMail.Cancelled, 21),
            ],
            run.Mails);
    }

    [Fact]
    public void A_paid_try_ends_the_run()
    {
        var run = Default();
        run.Answer = open => open.Number == 3 ? DunningDriver.Paid : DunningDriver.Soft;
        run.Run();
        Assert.Equal(DunningStatus.Recovered, run.State.Status);
        Assert.Equal([TryResult.Declined, TryResult.Declined, TryResult.Paid], run.Tries.Select(made => made.Result));
        Assert.Equal((DunningMail.Recovered, 5), run.Mails[^1]);
        Assert.Null(run.Ending);
    }

    [Fact]
    public void A_hard_decline_asks_for_another_card_and_skips_the_tries()
    {
        var run = Default(new(null, "stolen_card", "card_declined")).Run();
        Assert.Empty(run.Calls);
        Assert.Equal([(DunningMail.ActionRequired, 0), (DunningMail.FinalNotice, 14), (DunningMail.Cancelled, 21)], run.Mails);
    }

    [Fact]
    public void A_decline_that_needs_the_customer_at_the_bank_waits_for_it()
    {
        var run = Default(new(null, "authentication_required", "authentication_required")).Run(untilDay: 2);
        Assert.Equal(DunningMode.AwaitingAuthentication, run.State.Mode);
        Assert.Null(run.NextTryAt);
        run.Tell(SignalKind.Paid).Run();
        Assert.Equal(DunningStatus.Recovered, run.State.Status);
        Assert.Empty(run.Calls);
    }

    [Fact]
    public void A_try_that_is_declined_hard_ends_the_tries()
    {
        var run = Default();
        run.Answer = open => open.Number == 2 ? DunningDriver.Hard : DunningDriver.Soft;
        run.Run();
        Assert.Equal([1, 3], run.Calls.Select(call => call.Day));
        Assert.Equal(
            [
                (DunningMail.PaymentFailed, 0), (DunningMail.PaymentFailed, 1), (DunningMail.ActionRequired, 3), (DunningMail.FinalNotice, 14),
                (DunningMail.Cancelled, 21),
            ],
            run.Mails);
    }

    [Fact]
    public void A_new_card_is_tried_at_once_and_its_failure_is_the_new_day_0()
    {
        var run = Default(new(null, "stolen_card", "card_declined")).Run(untilDay: 10).Tell(SignalKind.NewCard, "pm_second").Run();
        Assert.Equal([10, 11, 13, 15, 17, 24, 31], run.Calls.Select(call => call.Day));
        Assert.Equal(TryCause.NewCard, run.Calls[0].Cause);
        Assert.Contains((DunningMail.PaymentFailed, 10), run.Mails);
        Assert.Equal(DunningEnding.Cancel, run.Ending);
    }

    [Fact]
    public void A_new_card_that_is_declined_hard_is_waited_for_until_the_new_last_day()
    {
        var run = Default();
        run.Answer = open => open.Cause == TryCause.NewCard ? DunningDriver.Hard : DunningDriver.Soft;
        run.Run(untilDay: 4).Tell(SignalKind.NewCard, "pm_second").Run();
        Assert.Equal([1, 3, 4], run.Calls.Select(call => call.Day));
        Assert.Equal(25, run.Day);
        Assert.Contains((DunningMail.ActionRequired, 4), run.Mails);
    }

    [Fact]
    public void A_good_new_card_recovers()
    {
        var run = Default().Run(untilDay: 4);
        run.Answer = _ => DunningDriver.Paid;
        run.Tell(SignalKind.NewCard, "pm_second").Run();
        Assert.Equal((3, TryCause.NewCard, 4), run.Calls[^1]);
        Assert.Equal(DunningStatus.Recovered, run.State.Status);
    }

    [Fact]
    public void The_same_card_told_twice_is_tried_once()
    {
        var run = Default().Run(untilDay: 4).Tell(SignalKind.NewCard, "pm_second").Run(untilDay: 4).Tell(SignalKind.NewCard, "pm_second")
            .Tell(SignalKind.NewCard, "pm_first_again").Tell(SignalKind.NewCard, "pm_first_again").Run(untilDay: 4);
        Assert.Equal([1, 3, 4, 4], run.Calls.Select(call => call.Day));
    }

    [Fact]
    public void Retry_now_is_an_extra_try_that_moves_no_date_and_sends_no_mail()
    {
        var run = Default().Run(untilDay: 4).Tell(SignalKind.RetryNow).Run();
        Assert.Equal([1, 3, 4, 5, 7, 14, 21], run.Calls.Select(call => call.Day));
        Assert.Equal(Default().Run().Mails, run.Mails);
    }

    [Fact]
    public void Retry_now_while_waiting_for_a_card_goes_on_with_the_days_that_are_left()
    {
        var run = Default(new(null, "stolen_card", "card_declined")).Run(untilDay: 6).Tell(SignalKind.RetryNow).Run();
        Assert.Equal([6, 7, 14, 21], run.Calls.Select(call => call.Day));
    }

    [Fact]
    public void A_held_run_does_nothing_and_makes_up_for_missed_days_with_one_try()
    {
        var run = Default().Run(untilDay: 2).Tell(SignalKind.Pause).Run(untilDay: 6);
        Assert.Equal([1], run.Calls.Select(call => call.Day));
        Assert.Null(run.NextTryAt);
        run.Tell(SignalKind.Resume).Run();
        Assert.Equal([1, 6, 7, 14, 21], run.Calls.Select(call => call.Day));
    }

    [Fact]
    public void A_run_held_beyond_its_last_day_makes_one_last_try()
    {
        var run = Default().Run(untilDay: 2).Tell(SignalKind.Pause).Run(untilDay: 100).Tell(SignalKind.Resume).Run();
        Assert.Equal([1, 100], run.Calls.Select(call => call.Day));
        Assert.Equal(DunningEnding.Cancel, run.Ending);
    }

    [Fact]
    public void A_card_given_while_held_is_tried_when_the_run_goes_on()
    {
        var run = Default().Run(untilDay: 2).Tell(SignalKind.Pause).Tell(SignalKind.NewCard, "pm_second").Run(untilDay: 2.5);
        Assert.Single(run.Calls);
        run.Tell(SignalKind.Resume).Run(untilDay: 2.5);
        Assert.Equal((2, TryCause.NewCard, 2.5), run.Calls[^1]);
    }

    [Fact]
    public void A_stopped_run_does_nothing_more()
    {
        var run = Default().Run(untilDay: 2).Tell(SignalKind.Stop).Run();
        Assert.Equal(DunningStatus.Stopped, run.State.Status);
        Assert.Equal((1, 2), (run.Calls.Count, run.Mails.Count));
        Assert.Null(run.Ending);
    }

    [Theory]
    [InlineData(SignalKind.Paid)]
    [InlineData(SignalKind.Stop)]
    [InlineData(SignalKind.Pause)]
    [InlineData(SignalKind.NewCard)]
    [InlineData(SignalKind.RetryNow)]
    public void What_has_ended_stays_ended(SignalKind late)
    {
        var run = Default().Run();
        var ended = run.State;
        Assert.Same(ended, DunningRules.On(ended, new(late, "pm_late"), run.Now));
        Assert.Same(ended, DunningRules.After(DunningPolicy.Default, ended, DunningDriver.Paid, run.Now));
        Assert.Same(ended, DunningRules.EndedAs(ended, DunningStatus.Recovered));
    }

    [Fact]
    public void Paid_ends_a_held_run_and_a_try_that_is_under_way()
    {
        var held = Default().Run(untilDay: 2).Tell(SignalKind.Pause).Tell(SignalKind.Paid).Run();
        Assert.Equal(DunningStatus.Recovered, held.State.Status);

        var trying = Default();
        trying.Answer = _ => DunningDriver.Unknown;
        trying.Run(untilDay: 1.1);
        Assert.NotNull(trying.State.Open);
        trying.Tell(SignalKind.Paid).Run();
        Assert.Equal((DunningStatus.Recovered, null), (trying.State.Status, trying.State.Open));
    }

    [Fact]
    public void A_try_of_which_nothing_is_known_is_called_again_under_its_own_number_ever_more_rarely()
    {
        var run = Default();
        run.Answer = open => open.Calls < 12 ? DunningDriver.Unknown : DunningDriver.Soft;
        run.Run(untilDay: 2);
        Assert.All(run.Calls, call => Assert.Equal((1, TryCause.Schedule), (call.Number, call.Cause)));
        Assert.Equal(13, run.Calls.Count);
        var gaps = run.Calls.Zip(run.Calls.Skip(1), (first, second) => Math.Round((second.Day - first.Day) * 24 * 60)).ToList();
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60], gaps);
        Assert.Single(run.Tries);
    }

    [Fact]
    public void A_key_is_repeated_for_less_than_24_hours()
    {
        Assert.True(DunningRules.MayRepeat(Noon, Noon.AddHours(23).AddTicks(-1)));
        Assert.False(DunningRules.MayRepeat(Noon, Noon.AddHours(23)));
    }

    [Fact]
    public void An_unclear_try_counts_as_a_try_and_the_days_go_on()
    {
        var run = Default();
        run.Answer = _ => DunningDriver.Unclear;
        run.Run();
        Assert.Equal([1, 3, 5, 7, 14, 21], run.Calls.Select(call => call.Day));
        Assert.All(run.Tries, made => Assert.Equal(TryResult.Unclear, made.Result));

        // Nobody knows that it failed, so nobody is told so; that the last try is near is told.
        Assert.Equal([DunningMail.PaymentFailed, DunningMail.FinalNotice, DunningMail.Cancelled], run.Mails.Select(mail => mail.Template));
    }

    [Fact]
    public void A_new_card_waits_for_the_try_under_way_and_is_tried_then()
    {
        var run = Default();
        run.Answer = open => open.Number == 1 && open.Calls < 3 ? DunningDriver.Unknown : DunningDriver.Soft;
        run.Run(untilDay: 1.001).Tell(SignalKind.NewCard, "pm_second").Run(untilDay: 1.01);
        Assert.Equal([1, 1, 1, 1, 2], run.Calls.Select(call => call.Number));
        Assert.DoesNotContain((DunningMail.ActionRequired, 1), run.Mails.Select(mail => (mail.Template, Math.Round(mail.Day))));
    }

    [Fact]
    public void A_voided_invoice_stops_the_run()
    {
        var run = Default();
        run.Answer = _ => new(PaymentKnowledge.Void);
        run.Run();
        Assert.Equal((DunningStatus.Stopped, 1), (run.State.Status, run.Calls.Count));
        Assert.Empty(run.Tries);
    }

    [Fact]
    public void A_policy_of_one_day_sends_one_mail_before_the_end()
    {
        var run = new DunningDriver(new([2], DunningEnding.Pause), Noon).Run();
        Assert.Equal([(DunningMail.PaymentFailed, 0), (DunningMail.Cancelled, 2)], run.Mails);
        Assert.Equal(DunningEnding.Pause, run.Ending);
    }

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 0, 1 })]
    [InlineData(new[] { 3, 3 })]
    [InlineData(new[] { 5, 3 })]
    [InlineData(new[] { 61 })]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 })]
    public void A_policy_that_can_t_be_used_says_why(int[] days) => Assert.NotNull(new DunningPolicy(days, DunningEnding.Cancel).Fault());

    [Fact]
    public void The_default_policy_can_be_used() => Assert.Null(DunningPolicy.Default.Fault());
}
