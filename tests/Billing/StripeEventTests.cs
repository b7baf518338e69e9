using System.Text.Json;
using Stripe;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.StripeEvents;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Billing;

public sealed class StripeEventTests
{
    private readonly BillingWorld world = new();

    [Fact]
    public async Task A_failed_renewal_starts_a_run_with_what_is_known_of_it()
    {
        var invoice = await world.FailedRenewal(StripeTestCards.NoMoney);
        var call = Assert.Single(await world.PostAndApply(world.Last("invoice.payment_failed")));
        Assert.Null(call.Signal);
        Assert.Equal((invoice, "school-monthly", 4_900L), (call.Start.InvoiceId, call.Start.Plan, call.Start.Amount));
        Assert.Equal("insufficient_funds", call.Start.Decline?.DeclineCode);
        Assert.Equal(world.Last("invoice.payment_failed").At, call.Start.FirstFailureAt);
        Assert.Equal(DunningStatus.Running, (await world.Run(invoice))!.Status);
        Assert.Equal(StripeEventOutcome.DunningStarted, await world.Outcome(world.Last("invoice.payment_failed").Id));
    }

    [Fact]
    public async Task Paid_before_failed_starts_nothing()
    {
        var invoice = await world.FailedRenewal();
        world.Stripe.PayOnPage(invoice);
        Assert.Empty(await world.PostAndApply(world.Last("invoice.paid")));
        Assert.Empty(await world.PostAndApply(world.Last("invoice.payment_failed")));
        Assert.Null(await world.Run(invoice));
        Assert.Equal(StripeEventOutcome.Paid, await world.Outcome(world.Last("invoice.paid").Id));
        Assert.Equal(StripeEventOutcome.AlreadyPaid, await world.Outcome(world.Last("invoice.payment_failed").Id));
    }

    [Fact]
    public async Task Paid_is_final_whatever_a_stale_reading_says()
    {
        var invoice = await world.FailedRenewal();
        await world.Write(work => world.Stores.Accounts.TryMarkPaid(work, invoice, world.Clock.GetUtcNow(), default));
        Assert.Empty(await world.PostAndApply(world.Last("invoice.payment_failed")));
        Assert.Null(await world.Run(invoice));
    }

    [Fact]
    public async Task Two_failures_in_one_second_make_one_run_and_the_second_is_told_to_it()
    {
        await world.FailedRenewal();
        var failure = world.Last("invoice.payment_failed");
        Assert.Null(Assert.Single(await world.PostAndApply(failure)).Signal);
        var second = Assert.Single(await world.PostAndApply(failure with { Id = "evt_second" }));
        Assert.Equal(SignalKind.Failed, second.Signal?.Kind);
        Assert.Equal(StripeEventOutcome.DunningTold, await world.Outcome("evt_second"));
    }

    [Theory]
    [InlineData(DunningStatus.Recovered)]
    [InlineData(DunningStatus.Suspended)]
    [InlineData(DunningStatus.Stopped)]
    public async Task A_late_failure_of_an_ended_run_leaves_it_ended(DunningStatus status)
    {
        var invoice = await world.FailedRenewal();
        await world.PostAndApply(world.Last("invoice.payment_failed"));
        await world.End(invoice, status);
        Assert.Empty(await world.PostAndApply(world.Last("invoice.payment_failed") with { Id = "evt_late" }));
        Assert.Equal(status, (await world.Run(invoice))!.Status);
        Assert.Equal(StripeEventOutcome.DunningEnded, await world.Outcome("evt_late"));
    }

    [Fact]
    public async Task A_failure_of_our_own_try_starts_nothing_and_is_told_to_nobody()
    {
        var invoice = await world.FailedRenewal();
        var ours = world.Last("invoice.payment_failed") with { Id = "evt_ours", Key = $"dunning-{invoice}/try-1" };
        Assert.Empty(await world.PostAndApply(ours));
        Assert.Null(await world.Run(invoice));
        await world.PostAndApply(world.Last("invoice.payment_failed"));
        Assert.All(await world.PostAndApply(ours with { Id = "evt_ours_again" }), call => Assert.Null(call.Signal));
        Assert.Equal(StripeEventOutcome.OwnTry, await world.Outcome("evt_ours_again"));
    }

    [Fact]
    public async Task A_payment_ends_the_running_run()
    {
        var invoice = await world.FailedRenewal();
        await world.PostAndApply(world.Last("invoice.payment_failed"));
        world.Stripe.PayOnPage(invoice);
        Assert.Equal(SignalKind.Paid, Assert.Single(await world.PostAndApply(world.Last("invoice.paid"))).Signal?.Kind);
    }

    [Theory]
    [InlineData(DunningEnding.Pause, false)]
    [InlineData(DunningEnding.Uncollectible, true)]
    public async Task A_payment_after_the_end_lifts_the_pause_that_the_policy_ends_with(DunningEnding ending, bool staysPaused)
    {
        await world.Write(work => world.Stores.Policies.Put(work, "school-monthly", new([1], ending), world.Clock.GetUtcNow(), default));
        var invoice = await world.FailedRenewal();
        var run = Assert.Single(await world.PostAndApply(world.Last("invoice.payment_failed"))).Start;
        await world.Stripe.PauseCollection(run.SubscriptionId, default);
        await world.End(invoice, ending == DunningEnding.Pause ? DunningStatus.Suspended : DunningStatus.Uncollectible);

        world.Stripe.PayOnPage(invoice);
        Assert.Empty(await world.PostAndApply(world.Last("invoice.paid")));
        Assert.Equal(staysPaused, world.Stripe.StateOf(run.SubscriptionId).Paused);
        Assert.True((await world.Run(invoice))!.Ended);
        Assert.Equal(StripeEventOutcome.DunningEnded, await world.Outcome(world.Last("invoice.paid").Id));

        // Paused again because of another invoice: an old event of this one does not meddle.
        await world.Write(work => world.Stores.Runs.TryAdd(work, DunningRun.Begin(run with { InvoiceId = "in_next" }, world.Clock.GetUtcNow()).Suspended(), default));
        await world.Stripe.PauseCollection(run.SubscriptionId, default);
        await world.PostAndApply(world.Last("invoice.paid") with { Id = "evt_again" });
        Assert.True(world.Stripe.StateOf(run.SubscriptionId).Paused);
    }

    [Fact]
    public async Task An_event_is_applied_once_and_after_a_crash_its_runs_are_told_again()
    {
        await world.FailedRenewal();
        var failure = world.Last("invoice.payment_failed");
        await world.Post(failure);
        var message = Assert.Single(world.Queue);
        Assert.Single(await world.Apply());
        Assert.True(await world.Post(failure));
        Assert.Empty(world.Queue);
        world.Queue.Add(message);
        Assert.Single(await world.Apply());
        Assert.Equal(StripeEventOutcome.DunningStarted, await world.Outcome(failure.Id));
    }

    [Fact]
    public async Task A_new_card_is_told_to_every_run_that_has_not_ended()
    {
        await world.FailedRenewal();
        await world.PostAndApply(world.Last("invoice.payment_failed"));
        var calls = (await world.Subscriptions.SetCard(Support.Data.ProductDatabase.Demo, StripeTestCards.Good, default)).Calls;
        var told = Assert.Single(calls).Signal;
        Assert.Equal(SignalKind.NewCard, told?.Kind);
        Assert.Equal(told, Assert.Single(await world.PostAndApply(world.Last("customer.updated"))).Signal);
    }

    [Fact]
    public async Task Events_that_are_none_of_ours_are_stored_with_the_reason()
    {
        await world.FailedRenewal();
        var failure = world.Last("invoice.payment_failed");
        Assert.True(await world.Post(failure with { Id = "evt_live" }, livemode: true));
        Assert.True(await world.Post(failure with { Id = "evt_other_type", Type = "charge.refunded" }));
        Assert.True(await world.Post(failure with { Id = "evt_gone", ObjectId = "in_gone" }));
        world.Stripe.DeleteCustomer(failure.CustomerId);
        Assert.True(await world.Post(failure with { Id = "evt_deleted" }));
        Assert.Empty(await world.Apply());
        Assert.Equal(StripeEventOutcome.ForeignLivemode, await world.Outcome("evt_live"));
        Assert.Equal(StripeEventOutcome.Ignored, await world.Outcome("evt_other_type"));
        Assert.Equal(StripeEventOutcome.NotFound, await world.Outcome("evt_gone"));
        Assert.Equal(StripeEventOutcome.DeletedCustomer, await world.Outcome("evt_deleted"));
    }

    [Fact]
    public async Task A_customer_that_we_don_t_know_is_nobody_s()
    {
        var id = await world.Stripe.CreateCustomer(new("elsewhere", "Elsewhere", "a@elsewhere.example"), "key", default);
        Assert.True(await world.Post(new StripeHappening("evt_1", "customer.updated", "customer", id, id, world.Clock.GetUtcNow(), null)));
        Assert.Empty(await world.Apply());
        Assert.Equal(StripeEventOutcome.UnknownCustomer, await world.Outcome("evt_1"));
    }

    [Fact]
    public async Task Of_an_event_in_another_release_s_form_the_object_is_asked_for_at_Stripe()
    {
        var invoice = await world.FailedRenewal();
        var failure = world.Last("invoice.payment_failed");
        Assert.True(await world.Post(failure with { ObjectId = "in_misleading", CustomerId = "cus_misleading" }, release: "2026-10-28.endive"));
        Assert.Equal(invoice, Assert.Single(await world.Apply()).Start.InvoiceId);
    }

    [Fact]
    public async Task What_is_not_signed_is_refused_and_one_good_signature_of_several_is_enough()
    {
        var body = """{"id":"evt_1","object":"event","type":"charge.refunded"}""";
        var good = EventUtility.GenerateSignatureHeader(body, "whsec_test");
        var old = EventUtility.GenerateSignatureHeader(body, "whsec_test", DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 301);
        Assert.False(await world.PostBody(body, EventUtility.GenerateSignatureHeader(body, "whsec_other")));
        Assert.False(await world.PostBody(body, old));
        Assert.False(await world.PostBody(body + " ", good));
        Assert.False(await world.PostBody(body, "nonsense"));
        Assert.Null(await world.Outcome("evt_1"));
        Assert.True(await world.PostBody(body, good.Replace(",v1=", ",v1=00ff,v1=", StringComparison.Ordinal)));
        Assert.Equal(StripeEventOutcome.Ignored, await world.Outcome("evt_1"));
    }

    [Fact]
    public async Task Every_sample_event_is_taken_in_and_stored_with_an_outcome()
    {
        if (Repository.Contracts is not { } contracts)
        {
            Assert.Skip("The fact sheets (../shared) are not here.");
            return;
        }

        using var samples = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(contracts, "stripe", "sample-events.json")));
        foreach (var sample in samples.RootElement.GetProperty("events").EnumerateArray())
        {
            Assert.True(await world.PostBody(sample.GetRawText()), sample.GetRawText());
            Assert.Empty(await world.Apply());
            var matters = StripeEventRules.ObjectOf(sample.GetProperty("type").GetString()!) is not null;
            Assert.Equal(matters ? StripeEventOutcome.NotFound : StripeEventOutcome.Ignored, await world.Outcome(sample.GetProperty("id").GetString()!));
        }
    }

    [Fact]
    public async Task An_event_that_Stripe_could_not_deliver_is_fetched()
    {
        var invoice = await world.FailedRenewal();
        world.Stripe.IsDelivered = happened => happened.Type != "invoice.payment_failed";
        Assert.Equal((0, 0), await world.Sweep.Run(default));
        world.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal((1, 0), await world.Sweep.Run(default));
        Assert.Equal(invoice, Assert.Single(await world.Apply()).Start.InvoiceId);
        Assert.Equal((0, 0), await world.Sweep.Run(default));
    }

    [Fact]
    public async Task An_account_that_somebody_holds_keeps_no_other_account_s_events_waiting()
    {
        var (ours, theirs) = (await Paid(ProductDatabase.Demo), await Paid(ProductDatabase.Other));
        List<Task> applied = [];
        await world.Write(async work =>
        {
            await world.Stores.Accounts.Lock(work, default);
            await world.Post(ours);
            await world.Post(theirs);
            applied = world.ApplyAll();
            await applied[1].WaitAsync(TimeSpan.FromSeconds(30));
            Assert.False(applied[0].IsCompleted);
        });
        await Task.WhenAll(applied).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((StripeEventOutcome.Paid, StripeEventOutcome.Paid), (await world.Outcome(ours.Id), await world.Outcome(theirs.Id)));

        async Task<StripeHappening> Paid(TenantId tenant)
        {
            Assert.Null((await world.Subscriptions.Subscribe(tenant, "school-monthly", StripeTestCards.Good, default)).Refusal);
            return world.Last("invoice.paid");
        }
    }

    [Fact]
    public async Task An_event_whose_message_was_lost_is_sent_again_until_it_is_applied()
    {
        var invoice = await world.FailedRenewal();
        await world.Post(world.Last("invoice.payment_failed"));
        world.Queue.Clear();
        world.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal((0, 1), await world.Sweep.Run(default));
        Assert.Equal(invoice, Assert.Single(await world.Apply()).Start.InvoiceId);
        Assert.Equal((0, 0), await world.Sweep.Run(default));
    }

    [Fact]
    public async Task An_event_is_answered_when_its_message_is_sent_and_stops_no_other_from_being_stored()
    {
        await world.FailedRenewal();
        var (first, second) = (world.Last("invoice.payment_failed"), world.Last("customer.updated"));
        var hangs = new TaskCompletionSource();
        world.QueueHangs = hangs.Task;
        var answer = world.Post(first);
        world.QueueHangs = Task.CompletedTask;
        Assert.True(await world.Post(second).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal([second.Id], world.Queue.Select(message => message.EventId));
        Assert.Equal(StripeEventOutcome.Queued, await world.Outcome(first.Id));
        Assert.False(answer.IsCompleted);
        hangs.SetResult();
        Assert.True(await answer);
        Assert.Equal([second.Id, first.Id], world.Queue.Select(message => message.EventId));
    }
}
