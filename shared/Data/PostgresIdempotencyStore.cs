using System.Security.Cryptography;

namespace ToolboxAI.Shared.Data;

/// <inheritdoc cref="IIdempotencyStore"/>
public sealed class PostgresIdempotencyStore : IIdempotencyStore
{
    private const string IsCall = "api_key_id = @ApiKeyId AND route = @Route AND idempotency_key = @Key";

    /// <inheritdoc/>
    public async Task<IdempotencyClaim> Claim(IUnitOfWork work, IdempotencyTry attempt, CancellationToken ct)
    {
        var (call, requestHash, claim, now, expiresAt, machineNow, claimedUntil) = attempt;
        var args = new { call.ApiKeyId, call.Route, call.Key, requestHash, claim, now, expiresAt, machineNow, claimedUntil };
        var granted = await work.Execute(
            """
            INSERT INTO toolbox.idempotency AS i (api_key_id, route, idempotency_key, request_hash, claim, claimed_until, expires_at)
            VALUES (@ApiKeyId, @Route, @Key, @requestHash, @claim, @claimedUntil, @expiresAt)
            ON CONFLICT (api_key_id, route, idempotency_key) DO UPDATE
            SET request_hash = excluded.request_hash, claim = excluded.claim, claimed_until = excluded.claimed_until,
                expires_at = excluded.expires_at, status = NULL, content_type = NULL, location = NULL, body = NULL
            WHERE i.expires_at <= @now
               OR (i.status IS NULL AND i.claimed_until <= @machineNow AND i.request_hash = excluded.request_hash)
            """,
            args,
            ct);
        if (granted == 1)
        {
            return new IdempotencyClaim.Granted();
        }

        var row = await work.QuerySingle<Row>($"SELECT request_hash, status, content_type, location, body FROM toolbox.idempotency WHERE {IsCall}", args, ct);
        return row switch
        {
            null => new IdempotencyClaim.Running(),                                     // given back this moment: the caller asks again
            _ when !CryptographicOperations.FixedTimeEquals(row.RequestHash, requestHash) => new IdempotencyClaim.OtherRequest(),
            { Status: null } => new IdempotencyClaim.Running(),
            _ => new IdempotencyClaim.Answered(new(row.Status.Value, row.ContentType, row.Location, row.Body ?? [])),
        };
    }

    /// <inheritdoc/>
    public Task Complete(IUnitOfWork work, IdempotentCall call, string claim, StoredAnswer answer, CancellationToken ct) => work.Execute(
        $"""
        UPDATE toolbox.idempotency SET status = @Status, content_type = @ContentType, location = @Location, body = @Body
        WHERE {IsCall} AND claim = @claim
        """,
        new { call.ApiKeyId, call.Route, call.Key, claim, answer.Status, answer.ContentType, answer.Location, answer.Body },
        ct);

    /// <inheritdoc/>
    public Task Release(IUnitOfWork work, IdempotentCall call, string claim, CancellationToken ct) => work.Execute(
        $"DELETE FROM toolbox.idempotency WHERE {IsCall} AND claim = @claim AND status IS NULL",
        new { call.ApiKeyId, call.Route, call.Key, claim },
        ct);

    /// <inheritdoc/>
    public Task<int> DeleteExpired(IUnitOfWork work, DateTimeOffset now, int limit, CancellationToken ct) => work.Execute(
        """
        DELETE FROM toolbox.idempotency WHERE expires_at <= @now AND (api_key_id, route, idempotency_key) IN (
            SELECT api_key_id, route, idempotency_key FROM toolbox.idempotency WHERE expires_at <= @now LIMIT @limit)
        """,
        new { now, limit },
        ct);

    private sealed record Row(byte[] RequestHash, int? Status, string? ContentType, string? Location, byte[]? Body);
}
