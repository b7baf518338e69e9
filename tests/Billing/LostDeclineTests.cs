using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Billing;

/// <summary>
/// A bad card is tried, nobody knows how that ended, and the customer gives a good one. The try keeps its key, whatever the card: under another
/// one it could charge twice while the first call still runs. Stripe's stored refusal is the old card's, and the new one has a try of its own.
/// </summary>
public sealed class LostDeclineTests
{
    private readonly BillingWorld world = new();

    [Theory]
    [InlineData(StripeFault.AnswerLost, 2)]
    [InlineData(StripeFault.StillRunning, 1)]           // it comes to the charge when the good card is there
    [InlineData(StripeFault.FaultStoredBefore, 2)]
    [InlineData(StripeFault.FaultStoredAfter, 2)]
    [InlineData(StripeFault.RequestLost, 1)]
    public async Task A_good_card_pays_once_when_the_answer_about_the_bad_one_was_lost(StripeFault fault, int tries)
    {
        var invoice = await world.FailedRenewal(StripeTestCards.NoMoney);
        var start = Assert.Single(await world.PostAndApply(world.Last("invoice.payment_failed"))).Start;
        var state = DunningRules.On(DunningRules.Start(start.FirstFailureAt, start.Decline, start.Card), new(SignalKind.RetryNow), world.Clock.GetUtcNow());
        world.Stripe.Faults = call => ValueTask.FromResult(call == "pay" ? fault : StripeFault.None);
        state = await Until(start, state, next => next.Open is { Calls: > 0 } || next.LastTry is not null);
        world.Stripe.Faults = _ => ValueTask.FromResult(StripeFault.None);

        var card = Assert.Single((await world.Subscriptions.SetCard(ProductDatabase.Demo, StripeTestCards.Good, default)).Calls).Signal!;
        state = DunningRules.On(state, card, world.Clock.GetUtcNow());
        state = await Until(start, state, next => next.Ended);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        world.Stripe.RunDue();

        Assert.Equal((DunningStatus.Recovered, tries), (state.Status, state.Tries));
        Assert.Single(world.Stripe.Charges, charge => charge.InvoiceId == invoice && charge.Succeeded);
        Assert.All(world.Stripe.Charges.Where(charge => charge.Key is not null).GroupBy(charge => charge.Key), ofTry => Assert.Single(ofTry));
    }

    /// <summary>Does what the rules say, with the activity that pays.</summary>
    private async Task<DunningState> Until(DunningStart start, DunningState state, Func<DunningState, bool> isReached)
    {
        var pay = new TryPayment(world.Stripe, world.Clock, NullLogger<TryPayment>.Instance);
        while (!isReached(state))
        {
            switch (DunningRules.Next(start.Policy, state, world.Clock.GetUtcNow()))
            {
                case DunningStep.Pay { Try: var open }:
                    state = DunningRules.Began(start.Policy, state, open, world.Clock.GetUtcNow());
                    var outcome = await pay.Run(new(start.InvoiceId, start.TryKey(open.Number), open.Since), default);
                    state = DunningRules.After(start.Policy, state, outcome, world.Clock.GetUtcNow());
                    break;
                case DunningStep.Mail { Owed: var owed }:
                    state = DunningRules.MailQueued(state, owed);
                    break;
                case DunningStep.Wait { Until: var until }:
                    world.Clock.Advance(until - world.Clock.GetUtcNow());
                    world.Stripe.RunDue();
                    break;
                default:
                    throw new InvalidOperationException("The run ends otherwise.");
            }
        }

        return state;
    }
}
