namespace ToolboxAI.Shared.Data;

/// <summary>A call that its caller may repeat: the caller's API key, the route and the caller's Idempotency-Key.</summary>
public sealed record IdempotentCall(string ApiKeyId, string Route, string Key);

/// <summary>An answer, as it is sent again.</summary>
public sealed record StoredAnswer(int Status, string? ContentType, string? Location, byte[] Body);

/// <summary>What came of asking to run a call.</summary>
public abstract record IdempotencyClaim
{
    /// <summary>Run it, then store its answer.</summary>
    public sealed record Granted : IdempotencyClaim;

    /// <summary>It ran: give this answer.</summary>
    public sealed record Answered(StoredAnswer Answer) : IdempotencyClaim;

    /// <summary>It runs right now.</summary>
    public sealed record Running : IdempotencyClaim;

    /// <summary>The key belongs to another request.</summary>
    public sealed record OtherRequest : IdempotencyClaim;
}

/// <summary>One try to run an idempotent call.</summary>
/// <param name="Call">Which call.</param>
/// <param name="RequestHash">Of everything that the answer depends on.</param>
/// <param name="Claim">Names this try.</param>
/// <param name="Now">Business time: an answer is kept until it expires.</param>
/// <param name="ExpiresAt">Business time.</param>
/// <param name="MachineNow">Machine time: a try that a crash ended is taken over when its lease ends.</param>
/// <param name="ClaimedUntil">Machine time.</param>
public sealed record IdempotencyTry(
    IdempotentCall Call, byte[] RequestHash, string Claim, DateTimeOffset Now, DateTimeOffset ExpiresAt, DateTimeOffset MachineNow, DateTimeOffset ClaimedUntil);

/// <summary>The answers to calls with an Idempotency-Key. Control plane.</summary>
public interface IIdempotencyStore
{
    /// <summary>Asks to run a call.</summary>
    Task<IdempotencyClaim> Claim(IUnitOfWork work, IdempotencyTry attempt, CancellationToken ct);

    /// <summary>Stores the answer of a granted try; nothing happens when another took it over meanwhile.</summary>
    Task Complete(IUnitOfWork work, IdempotentCall call, string claim, StoredAnswer answer, CancellationToken ct);

    /// <summary>Gives a granted try back: nothing was done, so a repetition may run.</summary>
    Task Release(IUnitOfWork work, IdempotentCall call, string claim, CancellationToken ct);

    /// <summary>Deletes what expired, at most <paramref name="limit"/> rows; their number.</summary>
    Task<int> DeleteExpired(IUnitOfWork work, DateTimeOffset now, int limit, CancellationToken ct);
}
