using FsCheck;
using FsCheck.Fluent;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Gateways;

namespace ToolboxAI.Tests.Email;

public sealed class MailRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] EventTypes =
        ["processed", "deferred", "delivered", "bounce", "dropped", "open", "click", "spamreport", "account_status_change", "new_one"];

    private static readonly Mail Pending = new("m", "in_1", MailTemplate.PaymentFailed, "a@b.example", new("School", 100, "usd"), Noon);

    private static readonly Mail Sending = MailRules.Begin(Pending, new(Again: false), Noon);

    [Fact]
    public void A_new_mail_is_sent_at_once_and_counts_as_unanswered_until_there_is_an_answer()
    {
        Assert.Equal(new MailStep.Send(Again: false), MailRules.Next(Pending, Noon));
        Assert.Equal((MailState.Sending, 1, 1, 0, Noon), (Sending.State, Sending.Sends, Sending.Unanswered, Sending.Resends, Sending.LastSendAt));
    }

    [Fact]
    public void A_mail_found_in_sending_waits_for_fifteen_minutes_of_silence_then_is_sent_again_and_counted()
    {
        Assert.Equal(new MailStep.Wait(Noon.AddMinutes(15)), MailRules.Next(Sending, Noon.AddMinutes(15).AddTicks(-1)));
        var step = Assert.IsType<MailStep.Send>(MailRules.Next(Sending, Noon.AddMinutes(15)));
        Assert.True(step.Again);
        Assert.Equal(1, MailRules.Begin(Sending, step, Noon.AddMinutes(15)).Resends);
    }

    [Fact]
    public void Two_calls_without_an_answer_are_the_last_so_there_is_at_most_one_duplicate()
    {
        var twice = MailRules.Begin(Sending, new(Again: true), Noon.AddMinutes(15));
        Assert.Equal(new MailStep.Wait(Noon.AddMinutes(30)), MailRules.Next(twice, Noon.AddMinutes(20)));
        Assert.IsType<MailStep.GiveUp>(MailRules.Next(twice, Noon.AddMinutes(30)));

        var given = MailRules.GivenUp(twice);
        Assert.IsType<MailStep.Nothing>(MailRules.Next(given, Noon.AddDays(9)));
        Assert.Equal(MailState.Delivered, MailRules.Apply(given, Event("delivered")).State);
    }

    [Fact]
    public void An_error_that_leaves_it_open_lets_the_mail_be_sent_again_after_the_silence_for_as_long_as_it_is_worth_sending()
    {
        var mail = Sending;
        var at = Noon;
        for (var i = 0; i < 5; i++)
        {
            var (failed, again) = MailRules.Failed(mail, GatewayFailure.Unclear, true, "500", at);
            Assert.Equal((MailState.Sending, at.AddMinutes(15)), (failed.State, again));
            at = again!.Value;
            mail = MailRules.Begin(failed, Assert.IsType<MailStep.Send>(MailRules.Next(failed, at)), at);
        }

        Assert.Equal(5, mail.Resends);
        var last = MailRules.Failed(mail, GatewayFailure.Unclear, true, "500", at).Mail;
        Assert.IsType<MailStep.GiveUp>(MailRules.Next(last, Noon.AddHours(72)));
    }

    [Fact]
    public void A_mail_that_was_not_taken_on_is_sent_later_with_growing_pauses_up_to_an_hour()
    {
        var mail = Sending;
        var pauses = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            var (failed, again) = MailRules.Failed(mail, GatewayFailure.Transient, true, "429", Noon);
            Assert.Equal((MailState.Pending, 0, new MailStep.Send(Again: false)), (failed.State, failed.Unanswered, MailRules.Next(failed, Noon)));
            pauses.Add((again!.Value - Noon).TotalMinutes);
            mail = MailRules.Begin(failed, new(Again: false), Noon);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], pauses);
    }

    [Fact]
    public void A_mail_that_was_not_taken_on_for_three_days_is_dropped_with_the_last_reason()
    {
        var (mail, again) = MailRules.Failed(Sending, GatewayFailure.Transient, true, "429: too many requests", Noon.AddHours(72));
        Assert.Equal((MailState.Dropped, "429: too many requests", null), (mail.State, mail.Reason, again));
    }

    [Fact]
    public void A_refused_mail_is_dropped_with_the_reason_and_never_sent_again()
    {
        var (mail, again) = MailRules.Failed(Sending, GatewayFailure.Permanent, true, "400: Does not contain a valid address.", Noon);
        Assert.Equal((MailState.Dropped, null, null, null), (mail.State, mail.SentAt, mail.MessageId, again));
        Assert.IsType<MailStep.Nothing>(MailRules.Next(mail, Noon.AddDays(1)));
    }

    [Fact]
    public void The_answer_and_the_event_may_come_in_any_order()
    {
        var answered = MailRules.Apply(MailRules.Accepted(Sending, "sg-1"), Event("delivered"));
        var overtaken = MailRules.Accepted(MailRules.Apply(Sending, Event("delivered")), "sg-1");
        Assert.Equal(answered, overtaken);
        Assert.Equal((MailState.Delivered, Noon, "sg-1", 0), (answered.State, answered.SentAt, answered.MessageId, answered.Unanswered));
    }

    [Fact]
    public void An_event_after_an_unclear_call_ends_the_waiting()
    {
        var (unclear, _) = MailRules.Failed(Sending, GatewayFailure.Unclear, false, "no answer", Noon);
        var known = MailRules.Apply(unclear, Event("processed"));
        Assert.Equal((MailState.Accepted, "sg-1", Noon, null), (known.State, known.MessageId, known.SentAt, known.Reason));
        Assert.IsType<MailStep.Nothing>(MailRules.Next(known, Noon.AddHours(1)));
    }

    [Fact]
    public void A_failure_that_an_event_has_overtaken_changes_no_state()
    {
        var known = MailRules.Apply(Sending, Event("processed"));
        var (mail, again) = MailRules.Failed(known, GatewayFailure.Unclear, false, "no answer", Noon);
        Assert.Equal((MailState.Accepted, null), (mail.State, again));
    }

    [Theory]
    [InlineData("delivered", MailState.Delivered)]
    [InlineData("bounce", MailState.Bounced)]
    [InlineData("dropped", MailState.Dropped)]
    public void What_is_final_stays_whatever_comes(string first, MailState state)
    {
        var final = MailRules.Apply(MailRules.Accepted(Sending, "sg-1"), Event(first));
        Assert.Equal(state, final.State);
        Assert.All(EventTypes, type => Assert.Same(final, MailRules.Apply(final, Event(type))));
    }

    [Fact]
    public void An_event_never_takes_a_mail_back_and_a_repeated_one_changes_nothing() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Elements(EventTypes).ArrayOf().ToArbitrary(),
            types =>
            {
                var mail = Sending;
                foreach (var type in types)
                {
                    var next = MailRules.Apply(mail, Event(type));
                    Assert.True(next.State >= mail.State);
                    Assert.Same(next, MailRules.Apply(next, Event(type)));
                    mail = next;
                }
            }));

    [Fact]
    public void Whatever_happens_a_mail_comes_to_rest_with_at_most_one_blind_duplicate() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Elements("accepted", "crash", "lost", "500", "429", "400").ArrayOf(400).ToArbitrary(),
            outcomes =>
            {
                var (mail, now, blind, looks) = (Pending, Noon, 0, 0);
                foreach (var outcome in outcomes)
                {
                    var step = MailRules.Next(mail, now);
                    if (step is MailStep.Nothing)
                    {
                        break;
                    }

                    looks++;
                    if (step is MailStep.Wait wait)
                    {
                        Assert.True(wait.Until > now);
                        now = wait.Until;
                        continue;
                    }

                    if (step is MailStep.GiveUp)
                    {
                        mail = MailRules.GivenUp(mail);
                        continue;
                    }

                    mail = MailRules.Begin(mail, (MailStep.Send)step, now);
                    (mail, now) = Outcome(mail, outcome, now);
                    blind += outcome is "crash" or "lost" ? 1 : 0;
                }

                Assert.True(blind <= 2, $"{blind} calls may each have sent the mail");
                Assert.IsType<MailStep.Nothing>(MailRules.Next(mail, now));
                Assert.InRange(looks, 1, 350);
            }));

    private static (Mail Mail, DateTimeOffset Now) Outcome(Mail mail, string outcome, DateTimeOffset now)
    {
        if (outcome is "crash")
        {
            return (mail, now);
        }

        if (outcome is "accepted")
        {
            return (MailRules.Accepted(mail, "sg-1"), now);
        }

        var failure = outcome switch
        {
            "lost" or "500" => GatewayFailure.Unclear,
            "429" => GatewayFailure.Transient,
            _ => GatewayFailure.Permanent,
        };
        var (failed, again) = MailRules.Failed(mail, failure, answered: outcome is not "lost", outcome, now);
        return (failed, again ?? now);
    }

    private static MailEvent Event(string type) => new(type, Noon.AddMinutes(1), "sg-1", "why");
}
