namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>The first answer to a request with an idempotency key, kept for 24 h of the moved clock.</summary>
internal sealed record StoredAnswer(int Status, string Body, string RequestId);

/// <summary>
/// Answers by idempotency key. An answer is kept in the transaction that made its effect, so neither is there without the other.
/// </summary>
internal static class StoredAnswers
{
    /// <summary>The answer that was given before; a key that was used for something else is refused.</summary>
    public static async Task<StoredAnswer?> FindAsync(SimulatorContext context, StripeRequest request, CancellationToken cancellationToken)
    {
        await using var command = context.Database.CreateCommand(
            "SELECT line, parameters, status, body, request_id FROM simulators.stripe_keys WHERE key = $1 AND expires_at > installation.now()");
        command.Parameters.Add(new() { Value = request.Key! });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        if (reader.GetString(0) != request.Line)
        {
            throw StripeRefusal.KeyReused(request.Key!, reader.GetString(0).Split(' ')[1]);
        }

        return reader.GetString(1) == request.Canonical()
            ? new(reader.GetInt32(2), reader.GetString(3), reader.GetString(4))
            : throw StripeRefusal.KeyReused(request.Key!, otherPath: null);
    }

    /// <summary>Keeps an answer, in the transaction of its effect; answers that are too old go.</summary>
    public static async Task KeepAsync(SimulatorTransaction transaction, StripeRequest request, int status, string body, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync("DELETE FROM simulators.stripe_keys WHERE expires_at <= $1", cancellationToken, transaction.Now.UtcDateTime);
        await transaction.ExecuteAsync(
            """
            INSERT INTO simulators.stripe_keys (key, line, parameters, status, body, request_id, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (key) DO UPDATE SET line = excluded.line, parameters = excluded.parameters, status = excluded.status,
                body = excluded.body, request_id = excluded.request_id, expires_at = excluded.expires_at
            """,
            cancellationToken, request.Key, request.Line, request.Canonical(), status, body, request.Id, transaction.Now.UtcDateTime.AddHours(24));
    }
}
