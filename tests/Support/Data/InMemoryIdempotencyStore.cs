using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Support.Data;

/// <inheritdoc cref="IIdempotencyStore"/>
public sealed class InMemoryIdempotencyStore : IIdempotencyStore
{
    private const string Table = "toolbox.idempotency";

    /// <inheritdoc/>
    public async Task<IdempotencyClaim> Claim(IUnitOfWork work, IdempotencyTry attempt, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var row = await session.FindForUpdate<Row>(Table, attempt.Call, ct);
        var same = row is not null && row.Attempt.RequestHash.SequenceEqual(attempt.RequestHash);
        if (row is null || row.Attempt.ExpiresAt <= attempt.Now || (row.Answer is null && row.Attempt.ClaimedUntil <= attempt.MachineNow && same))
        {
            await session.Put(Table, attempt.Call, new Row(attempt, null), ct);
            return new IdempotencyClaim.Granted();
        }

        return !same ? new IdempotencyClaim.OtherRequest()
            : row.Answer is null ? new IdempotencyClaim.Running()
            : new IdempotencyClaim.Answered(row.Answer);
    }

    /// <inheritdoc/>
    public async Task Complete(IUnitOfWork work, IdempotentCall call, string claim, StoredAnswer answer, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        if (await session.FindForUpdate<Row>(Table, call, ct) is { } row && row.Attempt.Claim == claim)
        {
            await session.Put(Table, call, row with { Answer = answer }, ct);
        }
    }

    /// <inheritdoc/>
    public async Task Release(IUnitOfWork work, IdempotentCall call, string claim, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        if (await session.FindForUpdate<Row>(Table, call, ct) is { Answer: null } row && row.Attempt.Claim == claim)
        {
            await session.Remove(Table, call, ct);
        }
    }

    /// <inheritdoc/>
    public async Task<int> DeleteExpired(IUnitOfWork work, DateTimeOffset now, int limit, CancellationToken ct)
    {
        var session = work.Session<InMemoryUnitOfWork>();
        var expired = session.All<Row>(Table).Where(row => row.Attempt.ExpiresAt <= now).Take(limit).ToList();
        foreach (var row in expired)
        {
            await session.Remove(Table, row.Attempt.Call, ct);
        }

        return expired.Count;
    }

    private sealed record Row(IdempotencyTry Attempt, StoredAnswer? Answer);
}
