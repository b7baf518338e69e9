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

/// <summary>What became of an event, and what follows once that is stored: what runs must be told, a pause that is lifted, late tries.</summary>
internal sealed record AppliedEvent(string Outcome, IReadOnlyList<DunningCall> Calls)
{
    /// <summary>The outcome is stored already, with the change.</summary>
    public bool Stored { get; init; }

    /// <summary>It was applied before; whether what followed then was done, nobody knows.</summary>
    public bool Again { get; init; }

    /// <summary>The run whose pause of collection has lost its reason.</summary>
    public DunningStart? Lift { get; init; }

    /// <summary>The invoices that were given up, and that the customer's card may pay by now.</summary>
    public IReadOnlyList<LateTry> Late { get; init; } = [];

    /// <summary>Whether anything follows.</summary>
    public bool IsFollowed => Calls.Count > 0 || Lift is not null || Late.Count > 0;
}

/// <summary>
/// Applies events to tenants' billing accounts, each under the lock on the account's row. Events that come while others are applied
/// share a transaction, in which each tenant has its turn: what they need is read at once, each is decided after the one before, and what
/// they change is written. An account that somebody else holds is left out of it; its events wait for the lock among themselves, so
/// that accounts never wait for each other.
/// </summary>
internal sealed class AccountEvents
{
    /// <summary>The version of no account.</summary>
    public const long Unknown = -1;

    private readonly IUnitOfWorkFactory units;
    private readonly BillingStores stores;
    private readonly IHandledMessages handled;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<TenantId, Account> accounts = new();      // one small entry for each tenant that ever had an event in this process
    private readonly SharedTransactions<Asked, Answer> together;

    /// <summary>Applies events on these stores.</summary>
    public AccountEvents(IUnitOfWorkFactory units, BillingStores stores, IHandledMessages handled, TimeProvider clock)
    {
        (this.units, this.stores, this.handled, this.clock) = (units, stores, handled, clock);
        together = new(ApplyTogether, clock);
    }

    /// <summary>The version that an account had when this process saw it last: when it still has it, nothing was stored since.</summary>
    public long LastVersion(TenantId tenant) => accounts.TryGetValue(tenant, out var known) ? known.LastVersion : Unknown;

    /// <summary>
    /// Applies an event; what came of it once that is committed. Null: nothing was done, because the reading may be older than what is
    /// stored, or because a run is to start and nobody said from what.
    /// </summary>
    /// <exception cref="UnknownTenantException">There is no such tenant.</exception>
    public async Task<AppliedEvent?> Apply(TenantId tenant, ReadEvent happened, CancellationToken ct)
    {
        var account = accounts.GetOrAdd(tenant, _ => new(tenant, this));
        var answer = await together.Run(new(account, happened), ct);
        return answer.WasFree ? answer.Applied : await account.Waiting.Run(happened, ct);
    }

    private async Task<IReadOnlyList<Answer>> ApplyTogether(IReadOnlyList<Asked> asked)
    {
        List<Turn> turns = [.. asked.GroupBy(one => one.Account, one => one.Happened).Select(its => new Turn(its.Key, [.. its]))];
        await UntilNew(done => TryApply(turns, done));
        var results = turns.ToDictionary(turn => turn.Account, turn => new Queue<AppliedEvent?>(turn.Results ?? []));
        return [.. asked.Select(one => results[one.Account] is { Count: > 0 } its ? new Answer(true, its.Dequeue()) : new(false, null))];
    }

    private async Task<IReadOnlyList<AppliedEvent?>> ApplyWaiting(Account account, IReadOnlyList<ReadEvent> events)
    {
        var turn = new Turn(account, events);
        await UntilNew(done => TryApplyWaiting(turn, done));
        return turn.Results!;
    }

    /// <summary>Tries again, with what was found to be applied before, until nothing more is found.</summary>
    private static async Task UntilNew(Func<HashSet<string>, Task<bool>> tryApply)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (!await tryApply(done))
        {
        }
    }

    /// <summary>Applies the events of those accounts that are free; false, and nothing is done, when more of them than was known were applied before.</summary>
    private async Task<bool> TryApply(List<Turn> turns, HashSet<string> done)
    {
        var ct = CancellationToken.None;
        await using var work = await units.BeginTurns(ct);
        var locked = await stores.Accounts.TryLock(work, turns.ConvertAll(turn => AccountBooks.Wanted(turn.Account.Tenant, turn.Events)), ct);
        foreach (var (turn, its) in turns.Zip(locked))
        {
            (turn.Books, turn.Results) = (its is null ? null : AccountBooks.Of(turn.Account.Tenant, its), null);
        }

        return await TryStore(work, turns.FindAll(turn => turn.Books is not null), done, turn => work.Enter(turn?.Account.Tenant, ct));
    }

    /// <summary>The same for an account that somebody holds, once it is free.</summary>
    private async Task<bool> TryApplyWaiting(Turn turn, HashSet<string> done)
    {
        await using var work = await units.Begin(turn.Account.Tenant, CancellationToken.None);
        turn.Books = await AccountBooks.Open(work, stores, turn.Events);
        return await TryStore(work, [turn], done, enter: null);
    }

    private async Task<bool> TryStore(IUnitOfWork work, List<Turn> turns, HashSet<string> done, Func<Turn?, Task>? enter)
    {
        var (now, ct) = (clock.GetUtcNow(), CancellationToken.None);
        foreach (var turn in turns)
        {
            turn.Results = turn.Books!.Decide(turn.Events, done, now);
        }

        List<AppliedMessage> applied = [.. turns.SelectMany(turn => turn.Books!.Handled)];
        var areNew = applied.Count == 0 ? [] : await handled.Add(work, StripeEventHandler.Consumer, applied, now, ct);
        if (areNew.Contains(false))
        {
            done.UnionWith(applied.Zip(areNew).Where(one => !one.Second).Select(one => one.First.MessageId));
            return false;
        }

        await Write(work, turns, enter, now);
        await work.Commit(ct);
        turns.ForEach(turn => turn.Account.LastVersion = turn.Books!.Version);
        return true;
    }

    private async Task Write(IUnitOfWork work, List<Turn> turns, Func<Turn?, Task>? enter, DateTimeOffset now)
    {
        var changed = turns.FindAll(turn => turn.Books!.HasChanges);
        foreach (var turn in changed)
        {
            await (enter?.Invoke(turn) ?? Task.CompletedTask);
            await turn.Books!.Write(work, stores, now);
        }

        if (changed.Count > 0)
        {
            await (enter?.Invoke(null) ?? Task.CompletedTask);
        }

        List<TenantInvoice> settled = [.. turns.SelectMany(turn => turn.Books!.Settled)];
        if (settled.Count > 0)
        {
            await stores.Accounts.RestoreAccess(work, settled, CancellationToken.None);
        }
    }

    private sealed record Asked(Account Account, ReadEvent Happened);

    /// <summary>What came of an event.</summary>
    /// <param name="WasFree">Whether nobody else held its account; otherwise nothing was done.</param>
    /// <param name="Applied">What <see cref="Apply"/> returns.</param>
    private sealed record Answer(bool WasFree, AppliedEvent? Applied);

    /// <summary>The events of one account in a transaction.</summary>
    private sealed class Turn(Account account, IReadOnlyList<ReadEvent> events)
    {
        public Account Account => account;

        public IReadOnlyList<ReadEvent> Events => events;

        public AccountBooks? Books { get; set; }

        public IReadOnlyList<AppliedEvent?>? Results { get; set; }
    }

    private sealed class Account
    {
        private long lastVersion = Unknown;

        public Account(TenantId tenant, AccountEvents owner)
        {
            Tenant = tenant;
            Waiting = new(events => owner.ApplyWaiting(this, events));
        }

        public TenantId Tenant { get; }

        /// <summary>Events that wait for whoever holds the account.</summary>
        public SharedTransactions<ReadEvent, AppliedEvent?> Waiting { get; }

        public long LastVersion
        {
            get => Interlocked.Read(ref lastVersion);
            set => Interlocked.Exchange(ref lastVersion, value);
        }
    }
}
