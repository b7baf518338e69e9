using ToolboxAI.Shared.Roblox.OpenCloud;

namespace ToolboxAI.Shared.Roblox.Budget;

/// <summary>
/// Decides who may call Roblox when. Whatever window Roblox counts in, no more than the limit falls into it: an allowed call must begin
/// soon, and counts until a minute after the last moment at which it may have begun.
/// </summary>
public static class BudgetRules
{
    /// <summary>How long an allowed call may take to begin; one that comes later asks again.</summary>
    public static readonly TimeSpan Begin = TimeSpan.FromSeconds(8);

    /// <summary>How far the clocks of two processes may be apart.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(8);

    private const int BreakerFailures = 5;
    private const int ReservedFifth = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstOpening = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestOpening = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);

    private static readonly RobloxEndpoint[] OfRollbacks =
    [
        RobloxEndpoint.PublishPlace, RobloxEndpoint.RollBackAsset, RobloxEndpoint.RestartServers, RobloxEndpoint.ReadRestarts, RobloxEndpoint.RunNewestLuau,
        RobloxEndpoint.ReadLuau, RobloxEndpoint.Entries,
    ];

    /// <summary>Until when nothing is called, because Roblox failed several times in a row; null while all is well.</summary>
    public static DateTimeOffset? PausedUntil(BudgetState state, DateTimeOffset now) =>
        state.Breaker is { Failures: >= BreakerFailures } breaker && now < breaker.OpenUntil ? breaker.OpenUntil : null;

    /// <summary>Answers an ask.</summary>
    public static (BudgetState State, BudgetAnswer Answer) Ask(BudgetState state, BudgetAsk ask, DateTimeOffset now)
    {
        if (PausedUntil(state, now) is { } until)
        {
            return (state, new(null, until));
        }

        if (state.Breaker is { Failures: >= BreakerFailures } breaker)
        {
            // One call tries; when nothing is heard of it, another does.
            state = state with { Breaker = breaker with { Trying = true, OpenUntil = now + FirstOpening } };
        }

        var bucket = Current(state, ask.Endpoint, now);
        if (now < bucket.BlockedUntil)
        {
            return (Put(state, ask.Endpoint, Wait(bucket, ask.Tenant, now)), new(null, bucket.BlockedUntil));
        }

        if (Free(bucket, ask, now) <= 0 || GivesWay(bucket, ask.Tenant, now))
        {
            var (promised, at) = Promise(Wait(bucket, ask.Tenant, now), now);
            return (Put(state, ask.Endpoint, promised), new(null, at));
        }

        var taken = Take(bucket, ask.Tenant, now);
        return (Put(state, ask.Endpoint, taken), new(now + Begin, now, state.Breaker.Failures == 0 ? new(taken.Limit, Left(taken, now)) : null));
    }

    /// <summary>Takes note of how a call went. What Roblox says goes before what we believed.</summary>
    public static BudgetState Report(BudgetState state, BudgetReport report, DateTimeOffset now)
    {
        var bucket = Current(state, report.Endpoint, now);
        var rate = report.Rate;
        if (rate.Limit is > 0)
        {
            bucket = bucket with { Limit = rate.Limit.Value };
        }

        if (rate is { Remaining: { } remaining, ResetSeconds: { } reset })
        {
            var resetsAt = now + TimeSpan.FromSeconds(reset);
            var sameWindow = (resetsAt - bucket.ServerResetsAt).Duration() < Later;
            var left = sameWindow ? Math.Min(bucket.ServerLeft, remaining) : remaining;
            bucket = bucket with { ServerLeft = left, ServerResetsAt = resetsAt };
        }

        if (rate.Throttled)
        {
            var wait = TimeSpan.FromSeconds(rate.RetryAfterSeconds ?? rate.ResetSeconds ?? Window.TotalSeconds);
            bucket = bucket with { BlockedUntil = Latest(bucket.BlockedUntil, now + wait) };
        }

        return Put(state, report.Endpoint, bucket) with { Breaker = report.Answered ? BudgetBreaker.Closed : Failed(state.Breaker, now) };
    }

    private static BudgetBreaker Failed(BudgetBreaker breaker, DateTimeOffset now)
    {
        var failures = breaker.Failures + 1;
        if (failures < BreakerFailures || (now < breaker.OpenUntil && !breaker.Trying))
        {
            return breaker with { Failures = failures };
        }

        var wait = TimeSpan.FromTicks(Math.Min(LongestOpening.Ticks, FirstOpening.Ticks << Math.Min(breaker.Openings, 8)));
        return new(failures, breaker.Openings + 1, now + wait, Trying: false);
    }

    private static BudgetBucket Current(BudgetState state, RobloxEndpoint endpoint, DateTimeOffset now)
    {
        var bucket = state.Buckets.GetValueOrDefault(endpoint) ?? new() { Limit = RobloxLimits.PerMinute(endpoint) };
        return bucket with
        {
            Slots = bucket.Slots.RemoveAll(slot => slot.FreeAt <= now),
            Waiting = bucket.Waiting.RemoveRange(bucket.Waiting.Where(tenant => tenant.Value + Window + Begin < now).Select(tenant => tenant.Key)),
        };
    }

    private static int Free(BudgetBucket bucket, BudgetAsk ask, DateTimeOffset now)
    {
        var reserved = !ask.Urgent && OfRollbacks.Contains(ask.Endpoint) ? (bucket.Limit + ReservedFifth - 1) / ReservedFifth : 0;
        return Left(bucket, now) - reserved;
    }

    private static int Left(BudgetBucket bucket, DateTimeOffset now)
    {
        var free = bucket.Limit - bucket.Slots.Sum(slot => slot.Count);
        return now < bucket.ServerResetsAt ? Math.Min(free, bucket.ServerLeft) : free;
    }

    /// <summary>Does a tenant that has had its share give way to one that had to wait in the last minute and has not?</summary>
    private static bool GivesWay(BudgetBucket bucket, string tenant, DateTimeOffset now)
    {
        var used = bucket.Slots.GroupBy(slot => slot.Tenant).ToDictionary(slots => slots.Key, slots => slots.Sum(slot => slot.Count));
        var waiting = bucket.Waiting.Where(other => other.Key != tenant).Select(other => other.Key).ToList();
        var share = bucket.Limit / used.Keys.Concat(waiting).Append(tenant).Distinct().Count();
        return used.GetValueOrDefault(tenant) >= share && waiting.Exists(other => used.GetValueOrDefault(other) < share);
    }

    private static BudgetBucket Take(BudgetBucket bucket, string tenant, DateTimeOffset now)
    {
        // To the whole second, so that a burst is one entry.
        var freeAt = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero) + TimeSpan.FromSeconds(1) + Begin + Skew + Window;
        var same = bucket.Slots.FindIndex(slot => slot.FreeAt == freeAt && slot.Tenant == tenant);
        return bucket with
        {
            Slots = same < 0
                ? bucket.Slots.Add(new(freeAt, tenant, 1, 0))
                : bucket.Slots.SetItem(same, bucket.Slots[same] with { Count = bucket.Slots[same].Count + 1 }),
            ServerLeft = bucket.ServerLeft - 1,
        };
    }

    private static BudgetBucket Wait(BudgetBucket bucket, string tenant, DateTimeOffset now) =>
        bucket with { Waiting = bucket.Waiting.SetItem(tenant, now) };

    /// <summary>When an asker may come back: each when a call of its own is free again, so that they don't all come at once.</summary>
    private static (BudgetBucket Bucket, DateTimeOffset At) Promise(BudgetBucket bucket, DateTimeOffset now)
    {
        var open = bucket.Slots.FindIndex(slot => slot.Promised < slot.Count);
        if (open < 0)
        {
            var last = bucket.Slots.IsEmpty ? now : bucket.Slots[^1].FreeAt;
            return (bucket, Latest(last, now < bucket.ServerResetsAt && bucket.ServerLeft <= 0 ? bucket.ServerResetsAt : now) + Later);
        }

        var slot = bucket.Slots[open];
        return (bucket with { Slots = bucket.Slots.SetItem(open, slot with { Promised = slot.Promised + 1 }) }, slot.FreeAt);
    }

    private static BudgetState Put(BudgetState state, RobloxEndpoint endpoint, BudgetBucket bucket) =>
        state with { Buckets = state.Buckets.SetItem(endpoint, bucket) };

    private static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
