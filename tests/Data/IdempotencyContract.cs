using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Data;

public sealed class IdempotencyInMemory(InMemory database) : IdempotencyContract(database), IClassFixture<InMemory>;

public sealed class IdempotencyOnPostgres(OnPostgres database) : IdempotencyContract(database), IClassFixture<OnPostgres>;

public abstract class IdempotencyContract(DatabaseUnderTest database)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StoredAnswer Answer = new(201, "application/json", "/api/things/1", [1, 2, 0]);
    private readonly IdempotentCall call = new("key_development_demo", "Subscribe", Guid.NewGuid().ToString());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_try_runs_and_the_next_gets_its_answer()
    {
        Assert.IsType<IdempotencyClaim.Granted>(await Claim("a"));
        Assert.IsType<IdempotencyClaim.Running>(await Claim("b"));
        await Complete("a");
        var answered = Assert.IsType<IdempotencyClaim.Answered>(await Claim("c"));
        Assert.Equivalent(Answer, answered.Answer, strict: true);
    }

    [Fact]
    public async Task Another_request_under_the_key_is_told_so_whether_the_first_runs_or_ran()
    {
        await Claim("a");
        Assert.IsType<IdempotencyClaim.OtherRequest>(await Claim("b", hash: 2));
        Assert.IsType<IdempotencyClaim.OtherRequest>(await Claim("b", hash: 2, machine: Noon.AddDays(2)));
        await Complete("a");
        Assert.IsType<IdempotencyClaim.OtherRequest>(await Claim("c", hash: 2));
        Assert.IsType<IdempotencyClaim.OtherRequest>(await Claim("c", hash: 2, machine: Noon.AddDays(2)));
    }

    [Fact]
    public async Task A_try_that_a_crash_ended_is_taken_over_when_its_lease_ends_and_its_late_answer_is_dropped()
    {
        await Claim("a");
        Assert.IsType<IdempotencyClaim.Running>(await Claim("b", machine: Noon.AddSeconds(59)));
        Assert.IsType<IdempotencyClaim.Granted>(await Claim("b", machine: Noon.AddSeconds(60)));
        await Complete("a");
        Assert.IsType<IdempotencyClaim.Running>(await Claim("c", machine: Noon.AddSeconds(60)));
        await Complete("b");
        Assert.IsType<IdempotencyClaim.Answered>(await Claim("c", machine: Noon.AddSeconds(60)));
    }

    [Fact]
    public async Task An_answer_lasts_a_day_and_then_the_key_may_name_anything()
    {
        await Claim("a");
        await Complete("a");
        Assert.IsType<IdempotencyClaim.Answered>(await Claim("b", now: Noon.AddHours(24).AddTicks(-10)));
        Assert.IsType<IdempotencyClaim.Granted>(await Claim("b", hash: 2, now: Noon.AddHours(24)));
    }

    [Fact]
    public async Task A_try_that_is_given_back_leaves_nothing()
    {
        await Claim("a");
        await Release("b");
        Assert.IsType<IdempotencyClaim.Running>(await Claim("c"));
        await Release("a");
        Assert.IsType<IdempotencyClaim.Granted>(await Claim("c", hash: 2));
        await Complete("c");
        await Release("c");
        Assert.IsType<IdempotencyClaim.Answered>(await Claim("d", hash: 2));
    }

    [Fact]
    public async Task Of_two_first_tries_at_once_one_runs()
    {
        var tries = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Claim($"try {i}")));
        Assert.Single(tries.OfType<IdempotencyClaim.Granted>());
        Assert.Equal(9, tries.OfType<IdempotencyClaim.Running>().Count());
    }

    [Fact]
    public async Task What_expired_is_deleted()
    {
        await Claim("a");
        await using var work = await database.Units.Begin(Ct);
        Assert.Equal(0, await database.Idempotency.DeleteExpired(work, Noon.AddHours(23), 100, Ct));
        Assert.True(await database.Idempotency.DeleteExpired(work, Noon.AddHours(24), 100, Ct) >= 1);
    }

    private async Task<IdempotencyClaim> Claim(string claim, byte hash = 1, DateTimeOffset? now = null, DateTimeOffset? machine = null)
    {
        var (business, real) = (now ?? Noon, machine ?? Noon);
        await using var work = await database.Units.Begin(Ct);
        var result = await database.Idempotency.Claim(work, new(call, [hash], claim, business, business.AddHours(24), real, real.AddSeconds(60)), Ct);
        await work.Commit(Ct);
        return result;
    }

    private async Task Complete(string claim)
    {
        await using var work = await database.Units.Begin(Ct);
        await database.Idempotency.Complete(work, call, claim, Answer, Ct);
        await work.Commit(Ct);
    }

    private async Task Release(string claim)
    {
        await using var work = await database.Units.Begin(Ct);
        await database.Idempotency.Release(work, call, claim, Ct);
        await work.Commit(Ct);
    }
}
