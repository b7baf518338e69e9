using System.Collections.Concurrent;
using ToolboxAI.Shared.Billing.Payments;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Tenants;

namespace ToolboxAI.Shared.Billing.StripeEvents;

/// <summary>An event, and what Stripe told of its object since it came: of an invoice, of the customer or of a subscription.</summary>
internal sealed record ReadEvent(StripeEventMessage Message)
{
    public InvoiceReading? Invoice { get; init; }

    public CustomerReading? Customer { get; init; }

    public SubscriptionReading? Subscription { get; init; }

    /// <summary>The account's version before the reading began; the version of no account when it was not known.</summary>
    public long Before { get; init; } = AccountEvents.Unknown;

    /// <summary>What a run would start from; null as long as nobody needed it.</summary>
    public Sold? Sold { get; init; }
}

/// <summary>A tenant's plan, and the policy that its runs follow.</summary>
internal sealed record Sold(string Plan, DunningPolicy Policy);

/// <summary>What became of an event, and what runs must be told.</summary>
internal sealed record AppliedEvent(string Outcome, IReadOnlyList<DunningCall> Calls)
{
    /// <summary>The outcome is stored already, with the change.</summary>
    public bool Stored { get; init; }

    /// <summary>The run whose pause of collection has lost its reason.</summary>
    public DunningStart? Lift { get; init; }
}

/// <summary>
/// Applies events to tenants' billing accounts, each under the lock on the account's row. Events of one account that come while others are
/// applied share a transaction: what they need is read once, each is decided after the one before, and what they change is
/// written once. Accounts never wait for each other.
/// </summary>
internal sealed class AccountEvents(IUnitOfWorkFactory units, BillingStores stores, IHandledMessages handled, TimeProvider clock)
{
    /// <summary>The version of no account.</summary>
    public const long Unknown = -1;

    // One small entry for each tenant that ever had an event in this process.
    private readonly ConcurrentDictionary<TenantId, Account> accounts = new();

    /// <summary>The version that an account had when this process saw it last: when it still has it, nothing was stored since.</summary>
    public long LastVersion(TenantId tenant) => accounts.TryGetValue(tenant, out var known) ? known.LastVersion : Unknown;

    /// <summary>
    /// Applies an event; what came of it once that is committed. Null: nothing was done, because the reading may be older than what is
    /// stored, or because a run is to start and nobody said from what.
    /// </summary>
    /// <exception cref="UnknownTenantException">There is no such tenant.</exception>
    public Task<AppliedEvent?> Apply(TenantId tenant, ReadEvent happened, CancellationToken ct) =>
        accounts.GetOrAdd(tenant, _ => new(tenant, this)).Events.Run(happened, ct);

    private async Task<IReadOnlyList<AppliedEvent?>> ApplyTogether(Account account, IReadOnlyList<ReadEvent> events)
    {
        for (var done = new HashSet<string>(StringComparer.Ordinal); ;)
        {
            if (await TryApply(account, events, done) is { } results)
            {
                return results;
            }
        }
    }

    /// <summary>Applies events in one transaction; null, and nothing is done, when more of them than was known were applied before.</summary>
    /// <param name="account">Whose events.</param>
    /// <param name="events">The events.</param>
    /// <param name="done">Those that were applied before; what is found of them is added.</param>
    private async Task<IReadOnlyList<AppliedEvent?>?> TryApply(Account account, IReadOnlyList<ReadEvent> events, HashSet<string> done)
    {
        var (now, ct) = (clock.GetUtcNow(), CancellationToken.None);
        await using var work = await units.Begin(account.Tenant, ct);
        var books = await AccountBooks.Open(work, stores, events);
        var results = books.Decide(events, done, now);
        var areNew = books.Handled.Count == 0 ? [] : await handled.Add(work, StripeEventHandler.Consumer, books.Handled, now, ct);
        if (areNew.Contains(false))
        {
            done.UnionWith(books.Handled.Zip(areNew).Where(one => !one.Second).Select(one => one.First.MessageId));
            return null;
        }

        await books.Write(work, stores, now);
        await work.Commit(ct);
        account.LastVersion = books.Version;
        return results;
    }

    private sealed class Account
    {
        private long lastVersion = Unknown;

        public Account(TenantId tenant, AccountEvents owner)
        {
            Tenant = tenant;
            Events = new(events => owner.ApplyTogether(this, events));
        }

        public TenantId Tenant { get; }

        public SharedTransactions<ReadEvent, AppliedEvent?> Events { get; }

        public long LastVersion
        {
            get => Interlocked.Read(ref lastVersion);
            set => Interlocked.Exchange(ref lastVersion, value);
        }
    }
}
