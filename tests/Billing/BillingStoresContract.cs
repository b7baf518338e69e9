using System.Text.Json;
using ToolboxAI.Shared.Billing;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Http;
using ToolboxAI.Shared.Identity;
using ToolboxAI.Tests.Data;
using ToolboxAI.Tests.Support.Billing;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Billing;

public sealed class BillingInMemory(InMemory database) : BillingStoresContract(
    database, new(new InMemoryBillingAccounts(), new InMemoryDunningRuns(), new InMemoryDunningPolicies()), new InMemoryApiKeyStore()), IClassFixture<InMemory>;

public sealed class BillingOnPostgres(OnPostgres database) : BillingStoresContract(
    database, new(new PostgresBillingAccounts(), new PostgresDunningRuns(), new PostgresDunningPolicies()), new PostgresApiKeyStore()), IClassFixture<OnPostgres>;

/// <summary>What every implementation of billing's stores must do.</summary>
public abstract partial class BillingStoresContract(DatabaseUnderTest database, BillingStores stores, IApiKeyStore keys)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string unique = Guid.NewGuid().ToString("N");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Invoice => "in_" + unique;

    [Fact]
    public async Task A_run_is_read_as_it_was_written()
    {
        var run = Run() with
        {
            Status = DunningStatus.Paused,
            NextTryAt = Noon.AddDays(3),
            Tries = [new(1, Noon.AddDays(1), TryResult.Declined, "insufficient_funds"), new(2, Noon.AddDays(2), TryResult.Unclear, null)],
            Version = 7,
        };
        await Write(work => stores.Runs.TryAdd(work, run, Ct));
        await using var reading = await Begin();
        Same(run, await stores.Runs.Find(reading, Invoice, Ct));
        Same(run, await stores.Runs.Lock(reading, Invoice, Ct));
        Assert.Null(await stores.Runs.Find(reading, "in_other", Ct));
    }

    [Fact]
    public async Task An_invoice_has_one_run_for_ever()
    {
        await Write(async work => Assert.True(await stores.Runs.TryAdd(work, Run() with { Status = DunningStatus.Cancelled }, Ct)));
        await using var again = await Begin();
        Assert.False(await stores.Runs.TryAdd(again, Run(), Ct));
        Assert.Equal(DunningStatus.Cancelled, (await stores.Runs.Find(again, Invoice, Ct))!.Status);
    }

    [Fact]
    public async Task Two_writers_of_one_run_wait_for_each_other_and_one_wins()
    {
        await using var first = await Begin();
        await using var second = await Begin();
        Assert.True(await stores.Runs.TryAdd(first, Run(), Ct));
        var waiting = stores.Runs.TryAdd(second, Run(), Ct);
        await Task.WhenAny(waiting, Task.Delay(100, Ct));
        Assert.False(waiting.IsCompleted);
        await first.Commit(Ct);
        Assert.False(await waiting);
    }

    [Theory]
    [InlineData(CommitPoint.BeforeCommit)]
    [InlineData(CommitPoint.AfterCommit)]
    public async Task A_crash_at_the_commit_leaves_all_or_nothing(CommitPoint point)
    {
        var crashing = new CrashingUnitOfWorkFactory(database.Units, at => at == point);
        await Assert.ThrowsAsync<SimulatedCrashException>(async () =>
        {
            await using var work = await crashing.Begin(ProductDatabase.Demo, Ct);
            await stores.Runs.TryAdd(work, Run(), Ct);
            await stores.Accounts.TryMarkPaid(work, Invoice, Noon, Ct);
            await work.Commit(Ct);
        });

        await using var reading = await Begin();
        Assert.Equal(point == CommitPoint.AfterCommit, await stores.Runs.Find(reading, Invoice, Ct) is not null);
        Assert.Equal(point == CommitPoint.AfterCommit, await stores.Accounts.IsPaid(reading, Invoice, Ct));
    }

    [Fact]
    public async Task What_was_rolled_back_was_never_there()
    {
        await using (var work = await Begin())
        {
            await stores.Runs.TryAdd(work, Run(), Ct);
        }

        await using var reading = await Begin();
        Assert.Null(await stores.Runs.Find(reading, Invoice, Ct));
    }

    [Fact]
    public async Task A_locked_run_is_the_writer_s_until_it_commits()
    {
        await Write(work => stores.Runs.TryAdd(work, Run(), Ct));
        await using var first = await Begin();
        await using var second = await Begin();
        var held = await stores.Runs.Lock(first, Invoice, Ct);
        var waiting = stores.Runs.Lock(second, Invoice, Ct);
        await Task.WhenAny(waiting, Task.Delay(100, Ct));
        Assert.False(waiting.IsCompleted);
        await stores.Runs.Save(first, held! with { Status = DunningStatus.Recovered, Version = 3 }, Ct);
        await first.Commit(Ct);
        Assert.Equal((DunningStatus.Recovered, 3), ((await waiting)!.Status, (await waiting)!.Version));
    }

    [Fact]
    public async Task Runs_are_paged_from_the_newest_and_each_is_on_one_page()
    {
        for (var i = 0; i < 7; i++)
        {
            // Two of them began in the same moment: then the id decides.
            var run = Run($"in_{i}_{unique}") with { StartedAt = Noon.AddYears(-5).AddMinutes(i / 2), Status = i == 3 ? DunningStatus.Stopped : DunningStatus.Running };
            await Write(work => stores.Runs.TryAdd(work, run, Ct), ProductDatabase.Other);
        }

        await using var reading = await database.Units.Begin(ProductDatabase.Other, Ct);
        var seen = new List<string>();
        DunningPosition? after = null;
        while (await stores.Runs.Page(reading, DunningStatus.Running, after, 2, Ct) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= 2);
            seen.AddRange(page.Select(run => run.Start.InvoiceId).Where(id => id.EndsWith(unique, StringComparison.Ordinal)));
            after = new(page[^1].StartedAt, page[^1].Start.InvoiceId);
        }

        Assert.Equal([6, 5, 4, 2, 1, 0], seen.Select(id => int.Parse(id[3..4])));
        Assert.Contains($"in_3_{unique}", (await stores.Runs.Page(reading, null, null, 100, Ct)).Select(run => run.Start.InvoiceId));
        Assert.DoesNotContain($"in_3_{unique}", (await stores.Runs.Unended(reading, Ct)).Select(run => run.Start.InvoiceId));
    }

    [Fact]
    public async Task An_account_is_there_before_anything_was_written_and_read_as_it_was_written_then()
    {
        // The other tenant's, which no test writes to.
        await using (var work = await database.Units.Begin(ProductDatabase.Other, Ct))
        {
            Assert.Null((await stores.Accounts.Lock(work, Ct)).CustomerId);
        }

        var written = new BillingAccount
        {
            CustomerId = "cus_demo",
            Card = "pm_1",
            Subscription = new("sub_1", "cus_demo", "school-monthly", "active", Noon.AddDays(30), "in_1"),
            Attempt = 3,
        };
        await Write(async work =>
        {
            var before = await stores.Accounts.Lock(work, Ct);
            await stores.Accounts.Save(work, written with { Version = before.Version }, Ct);
        });
        await using var reading = await Begin();
        var read = await stores.Accounts.Read(reading, Ct);
        Assert.Equal(written with { Version = read.Version }, read);
        Assert.True(read.Version > 0);
    }

    [Fact]
    public async Task A_customer_belongs_to_exactly_one_tenant()
    {
        await Write(work => Save(work, "cus_demo"));
        await using (var control = await database.Units.Begin(Ct))
        {
            var owner = Assert.Single(await stores.Accounts.TenantsOf(control, ["cus_demo", "cus_nobody"], Ct));
            Assert.Equal(("cus_demo", ProductDatabase.Demo), (owner.Key, owner.Value));
        }

        await using var other = await database.Units.Begin(ProductDatabase.Other, Ct);
        await stores.Accounts.Lock(other, Ct);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stores.Accounts.Save(other, new() { CustomerId = "cus_demo" }, Ct));
    }

    [Fact]
    public async Task Two_writers_of_an_account_take_turns()
    {
        await using var first = await Begin();
        await using var second = await Begin();
        var before = await stores.Accounts.Lock(first, Ct);
        var waiting = stores.Accounts.Lock(second, Ct);
        await Task.WhenAny(waiting, Task.Delay(100, Ct));
        Assert.False(waiting.IsCompleted);
        await stores.Accounts.Save(first, before with { Card = "pm_" + unique }, Ct);
        await first.Commit(Ct);
        Assert.Equal(("pm_" + unique, before.Version + 1), ((await waiting).Card, (await waiting).Version));
    }

    [Fact]
    public async Task Paid_is_marked_once_and_per_tenant()
    {
        await Write(async work => Assert.True(await stores.Accounts.TryMarkPaid(work, Invoice, Noon, Ct)));
        await Write(async work => Assert.False(await stores.Accounts.TryMarkPaid(work, Invoice, Noon.AddDays(1), Ct)));
        await using var other = await database.Units.Begin(ProductDatabase.Other, Ct);
        Assert.False(await stores.Accounts.IsPaid(other, Invoice, Ct));
    }

    [Fact]
    public async Task Access_is_withdrawn_while_one_given_up_invoice_is_unpaid_and_the_tenant_s_keys_say_so()
    {
        var (theirs, others) = (await Key(ProductDatabase.Demo), await Key(ProductDatabase.Other));
        await Write(work => stores.Accounts.WithdrawAccess(work, Invoice, Noon, Ct));
        await Write(work => stores.Accounts.WithdrawAccess(work, Invoice, Noon, Ct));
        await Write(work => stores.Accounts.WithdrawAccess(work, Invoice + "_b", Noon, Ct));
        Assert.True(await IsWithdrawn(theirs));
        Assert.False(await IsWithdrawn(others));
        await Write(work => stores.Accounts.RestoreAccess(work, [new(ProductDatabase.Demo, Invoice)], Ct), ProductDatabase.Other);
        await Write(work => stores.Accounts.RestoreAccess(work, [new(work.Tenant!.Value, Invoice + "_b")], Ct));
        Assert.True(await IsWithdrawn(theirs));
        await Write(work => stores.Accounts.RestoreAccess(work, [new(work.Tenant!.Value, Invoice)], Ct));
        Assert.False(await IsWithdrawn(theirs));
    }

    private async Task<byte[]> Key(Shared.Tenants.TenantId tenant)
    {
        var hash = ApiKeySecret.Hash($"{tenant.Slug}-{unique}");
        await using var work = await database.Units.Begin(Ct);
        await keys.Add(work, new($"key_{tenant.Slug}_{unique}", tenant, "", [], Noon, null, null), hash, Ct);
        await work.Commit(Ct);
        return hash;
    }

    private async Task<bool> IsWithdrawn(byte[] key)
    {
        await using var work = await database.Units.Begin(Ct);
        return (await keys.FindByHash(work, [Convert.ToHexString(key)], Ct)).Values.Single().AccessWithdrawn;
    }

    [Fact]
    public async Task The_last_policy_of_a_plan_holds()
    {
        await using var work = await database.Units.Begin(Ct);
        Assert.Null(await stores.Policies.Find(work, unique, Ct));
        await stores.Policies.Put(work, unique, DunningPolicy.Default, Noon, Ct);
        await stores.Policies.Put(work, unique, new([2, 4], DunningEnding.Pause), Noon, Ct);
        Same(new DunningPolicy([2, 4], DunningEnding.Pause), await stores.Policies.Find(work, unique, Ct));
    }

    private async Task Touch(IUnitOfWork work) => await stores.Accounts.Save(work, await stores.Accounts.Lock(work, Ct), Ct);

    private async Task Save(IUnitOfWork work, string customer)
    {
        var account = await stores.Accounts.Lock(work, Ct);
        await stores.Accounts.Save(work, account with { CustomerId = customer }, Ct);
    }

    private Task<IUnitOfWork> Begin() => database.Units.Begin(ProductDatabase.Demo, Ct);

    private async Task Write(Func<IUnitOfWork, Task> write, Shared.Tenants.TenantId? tenant = null)
    {
        await using var work = await database.Units.Begin(tenant ?? ProductDatabase.Demo, Ct);
        await write(work);
        await work.Commit(Ct);
    }

    private DunningRun Run(string? invoice = null) => DunningRun.Begin(
        new DunningStart
        {
            Tenant = ProductDatabase.Demo,
            InvoiceId = invoice ?? Invoice,
            CustomerId = "cus_demo",
            SubscriptionId = "sub_1",
            Plan = "school-monthly",
            Policy = DunningPolicy.Default,
            FirstFailureAt = Noon,
            Decline = new("try_again_later", "insufficient_funds", "card_declined"),
            Card = "pm_1",
            Amount = 4_900,
            Currency = "usd",
            PaymentPage = "https://invoice.example/?a=1&b='\"",
        },
        Noon);

    /// <summary>Lists in records compare by reference, so what is compared is the JSON.</summary>
    private static void Same<T>(T expected, T? actual) =>
        Assert.Equal(JsonSerializer.Serialize(expected, ApiJson.Options), JsonSerializer.Serialize(actual, ApiJson.Options));
}
