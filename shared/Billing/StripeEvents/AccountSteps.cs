using System.Collections.Concurrent;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>
/// Steps on tenants' billing accounts, each under the lock on the account's row. Steps on one account that come while one is under way
/// share a transaction, one after the other; accounts never wait for each other.
/// </summary>
internal sealed class AccountSteps<TResult>(IUnitOfWorkFactory units, IBillingAccounts accounts)
{
    // One small entry for each tenant that ever had an event in this process.
    private readonly ConcurrentDictionary<TenantId, SharedTransactions<Func<LockedAccount, Task<TResult>>, TResult>> tenants = new();

    /// <summary>Makes a step; its result once it is committed. The step may be made again when the transaction fails.</summary>
    /// <exception cref="UnknownTenantException">There is no such tenant.</exception>
    public Task<TResult> Make(TenantId tenant, Func<LockedAccount, Task<TResult>> step, CancellationToken ct) => tenants
        .GetOrAdd(tenant, _ => new(steps => MakeTogether(tenant, steps), mostUnderWay: 1))
        .Run(step, ct);

    private async Task<IReadOnlyList<TResult>> MakeTogether(TenantId tenant, IReadOnlyList<Func<LockedAccount, Task<TResult>>> steps)
    {
        await using var work = await units.Begin(tenant, CancellationToken.None);
        var account = new LockedAccount(work, await accounts.Lock(work, CancellationToken.None));
        var results = new List<TResult>();
        foreach (var step in steps)
        {
            results.Add(await step(account));
        }

        await work.Commit(CancellationToken.None);
        return results;
    }
}

/// <summary>A tenant's account as it is now, under the lock on its row.</summary>
internal sealed class LockedAccount(IUnitOfWork work, BillingAccount account)
{
    /// <summary>The transaction that holds the lock.</summary>
    public IUnitOfWork Work => work;

    /// <summary>The account, with what the steps before this one made of it.</summary>
    public BillingAccount Account { get; private set; } = account;

    /// <summary>Writes the account back.</summary>
    public async Task Save(IBillingAccounts accounts, BillingAccount updated)
    {
        await accounts.Save(work, updated, CancellationToken.None);
        Account = updated with { Version = Account.Version + 1 };
    }
}
