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
