using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Durable.Billing;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Billing;

/// <summary>An invoice that is paid or forgiven at the last moment, of which no event has come yet: its run's ending punishes nobody.</summary>
public sealed class ForgivenInvoiceTests
{
    private readonly BillingWorld world = new();

    [Theory]
    [InlineData(InvoiceStatus.Open, true)]
    [InlineData(InvoiceStatus.Uncollectible, true)]
    [InlineData(InvoiceStatus.Void, false)]
    [InlineData(InvoiceStatus.Paid, false)]
    public async Task Access_is_withdrawn_only_while_the_invoice_is_owed(InvoiceStatus status, bool withdrawn)
    {
        var start = await AtTheEnd(status);
        var activity = new WithdrawAccess(
            world.Stripe, world.Units, world.Stores.Accounts, new(new(TimeProvider.System)), world.Clock, NullLogger<WithdrawAccess>.Instance);

        Assert.Equal(withdrawn, await activity.Run(new(start.Tenant, start.InvoiceId), default));

        Assert.Equal(withdrawn ? 1 : 0, await Withdrawn());
    }

    [Theory]
    [InlineData(InvoiceStatus.Open, true)]
    [InlineData(InvoiceStatus.Uncollectible, null)]
    [InlineData(InvoiceStatus.Void, null)]
    [InlineData(InvoiceStatus.Paid, false)]
    public async Task Collection_is_paused_only_while_the_invoice_is_open(InvoiceStatus status, bool? paused)
    {
        var start = await AtTheEnd(status);
        var activity = new PauseCollection(
            world.Stripe, world.Units, world.Stores, new(world.Stripe, world.Stores, world.Units), NullLogger<PauseCollection>.Instance);

        Assert.Equal(paused, await activity.Run(new(start), default));

        Assert.Equal(paused == true, world.Stripe.StateOf(start.SubscriptionId).Paused);
        Assert.Equal(paused == true ? DunningStatus.Suspended : DunningStatus.Running, (await world.Run(start.InvoiceId))!.Status);
    }

    [Theory]
    [InlineData(InvoiceStatus.Open, true)]
    [InlineData(InvoiceStatus.Void, false)]
    [InlineData(InvoiceStatus.Paid, false)]
    public async Task A_suspended_run_is_a_reason_to_pause_only_while_its_invoice_is_owed(InvoiceStatus status, bool paused)
    {
        var start = await AtTheEnd(status);
        await world.End(start.InvoiceId, DunningStatus.Suspended);

        await new CollectionPause(world.Stripe, world.Stores, world.Units).Settle(start.Tenant, start.SubscriptionId, default);

        Assert.Equal(paused, world.Stripe.StateOf(start.SubscriptionId).Paused);
    }

    /// <summary>A run whose policy has come to its end; what becomes of its invoice then, nobody has told us.</summary>
    private async Task<DunningStart> AtTheEnd(InvoiceStatus status)
    {
        var invoice = await world.FailedRenewal();
        var start = Assert.Single(await world.PostAndApply(world.Last("invoice.payment_failed"))).Start;
        switch (status)
        {
            case InvoiceStatus.Void:
                await world.Stripe.VoidInvoice(invoice, default);
                break;
            case InvoiceStatus.Uncollectible:
                await world.Stripe.MarkUncollectible(invoice, default);
                break;
            case InvoiceStatus.Paid:
                Assert.True(world.Stripe.PayOnPage(invoice));
                break;
        }

        return start;
    }

    private async Task<int> Withdrawn()
    {
        await using var work = await world.Units.Begin(ProductDatabase.Demo, default);
        return work.Session<InMemoryUnitOfWork>().All<InMemoryBillingAccounts.Withdrawn>(InMemoryBillingAccounts.WithdrawnAccess).Count;
    }
}
