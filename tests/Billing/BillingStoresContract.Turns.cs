using ToolboxAI.Shared.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Billing;

public abstract partial class BillingStoresContract
{
    [Fact]
    public async Task Accounts_of_several_tenants_are_locked_and_read_in_one_transaction_each_with_its_own()
    {
        await Write(Touch);
        await Write(Touch, ProductDatabase.Other);
        await Write(work => stores.Runs.TryAdd(work, Run(), Ct));
        await Write(work => stores.Accounts.TryMarkPaid(work, Invoice, Noon, Ct), ProductDatabase.Other);
        await using var turns = await database.Units.BeginTurns(Ct);
        var locked = await stores.Accounts.TryLock(turns, [new(ProductDatabase.Demo, [Invoice], false), new(ProductDatabase.Other, [Invoice], true)], Ct);
        Assert.Null(turns.Tenant);
        Same(Run(), Assert.Single(locked[0]!.Runs));
        Assert.Empty(locked[0]!.Paid);
        Assert.DoesNotContain(locked[1]!.Runs, run => run.Start.InvoiceId == Invoice);
        Assert.Equal([Invoice], locked[1]!.Paid);
        await using (var reading = await database.Units.Begin(ProductDatabase.Other, Ct))
        {
            Assert.Equal(await stores.Accounts.Read(reading, Ct), locked[1]!.Account);
        }

        await using var late = await Begin();
        var waiting = stores.Accounts.Lock(late, Ct);
        await Task.WhenAny(waiting, Task.Delay(100, Ct));
        Assert.False(waiting.IsCompleted);
        await turns.Enter(ProductDatabase.Demo, Ct);
        await stores.Accounts.Save(turns, locked[0]!.Account with { Card = "pm_" + unique }, Ct);
        await turns.Enter(null, Ct);
        await turns.Commit(Ct);
        Assert.Equal("pm_" + unique, (await waiting).Card);
    }

    [Fact]
    public async Task Runs_are_unsettled_until_they_have_ended_and_given_up_ones_until_their_invoice_is_paid()
    {
        foreach (var status in Enum.GetValues<DunningStatus>())
        {
            foreach (var paid in (bool[])[false, true])
            {
                var id = $"in_{status}_{paid}_{unique}";
                await Write(work => stores.Runs.TryAdd(work, Run(id) with { Status = status }, Ct));
                await Write(async work => _ = paid && await stores.Accounts.TryMarkPaid(work, id, Noon, Ct));
            }
        }

        await Write(Touch);
        string[] expected = ["Running_False", "Running_True", "Paused_False", "Paused_True", "Suspended_False", "Uncollectible_False"];
        await using var reading = await Begin();
        Assert.Equal(expected.Order(StringComparer.Ordinal), Names(await stores.Runs.Unsettled(reading, Ct)));
        Assert.Equal(expected.Take(4).Order(StringComparer.Ordinal), Names(await stores.Runs.Unended(reading, Ct)));
        await using var turns = await database.Units.BeginTurns(Ct);
        var locked = await stores.Accounts.TryLock(turns, [new(ProductDatabase.Demo, [], true)], Ct);
        Assert.Equal(expected.Order(StringComparer.Ordinal), Names(locked[0]!.Runs));

        IEnumerable<string> Names(IEnumerable<DunningRun> runs) => runs
            .Select(run => run.Start.InvoiceId).Where(id => id.EndsWith(unique, StringComparison.Ordinal))
            .Select(id => id[3..^(unique.Length + 1)]).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_account_that_another_holds_is_left_out_and_not_waited_for()
    {
        await Write(Touch);
        await Write(Touch, ProductDatabase.Other);
        await using var holding = await Begin();
        await stores.Accounts.Lock(holding, Ct);
        await using var turns = await database.Units.BeginTurns(Ct);
        var locked = await stores.Accounts.TryLock(turns, [new(ProductDatabase.Demo, [], true), new(ProductDatabase.Other, [], true)], Ct);
        Assert.Null(locked[0]);
        Assert.NotNull(locked[1]);
    }
}
