using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Stripe;

/// <summary>What the simulator remembers: every object as one row, in the API's form, in the order of its creation.</summary>
internal sealed class StripeStore(SimulatorTransaction transaction, CancellationToken cancellationToken)
{
    public const string Script = """
        CREATE TABLE IF NOT EXISTS simulators.stripe_objects (
            number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
            id text PRIMARY KEY,
            object text NOT NULL,
            body jsonb NOT NULL);
        CREATE INDEX IF NOT EXISTS stripe_objects_order ON simulators.stripe_objects (object, number);
        CREATE INDEX IF NOT EXISTS stripe_objects_body ON simulators.stripe_objects USING gin (body jsonb_path_ops);
        ALTER INDEX simulators.stripe_objects_body SET (fastupdate = off);     -- a search would read all that was inserted last, one by one
        CREATE TABLE IF NOT EXISTS simulators.stripe_keys (
            key text PRIMARY KEY,
            line text NOT NULL,
            parameters text NOT NULL,
            status integer NOT NULL,
            body text NOT NULL,
            request_id text NOT NULL,
            expires_at timestamptz NOT NULL);
        CREATE INDEX IF NOT EXISTS stripe_keys_expiry ON simulators.stripe_keys (expires_at);
        """;

    public async Task<JsonObject?> FindAsync(string kind, string id)
    {
        await using var command = transaction.Command("SELECT body::text FROM simulators.stripe_objects WHERE object = $1 AND id = $2", kind, id);
        return await command.ExecuteScalarAsync(cancellationToken) is string body ? (JsonObject)JsonNode.Parse(body)! : null;
    }

    /// <summary>Finds an object of any kind.</summary>
    public async Task<JsonObject?> FindAsync(string id)
    {
        await using var command = transaction.Command("SELECT body::text FROM simulators.stripe_objects WHERE id = $1", id);
        return await command.ExecuteScalarAsync(cancellationToken) is string body ? (JsonObject)JsonNode.Parse(body)! : null;
    }

    /// <summary>Reads an object; one that is not there is refused, and <paramref name="param"/> says what named it.</summary>
    public async Task<JsonObject> GetAsync(string kind, string id, string param = "id") =>
        await FindAsync(kind, id) is { } found && !found.Flag("deleted") ? found : throw StripeRefusal.NoSuch(kind, id, param);

    /// <summary>Inserts or replaces an object.</summary>
    public Task SaveAsync(JsonObject body) => transaction.ExecuteAsync(
        """
        INSERT INTO simulators.stripe_objects (id, object, body) VALUES ($1, $2, $3::jsonb)
        ON CONFLICT (id) DO UPDATE SET body = excluded.body
        """, cancellationToken, body.Id(), body.Text("object"), body.ToJsonString());

    /// <summary>All objects of a kind whose body contains <paramref name="with"/>, the newest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> AllAsync(string kind, JsonObject with)
    {
        await using var command = transaction.Command(
            "SELECT body::text FROM simulators.stripe_objects WHERE object = $1 AND body @> $2::jsonb ORDER BY number DESC", kind, with.ToJsonString());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<JsonObject>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((JsonObject)JsonNode.Parse(reader.GetString(0))!);
        }

        return found;
    }

    /// <summary>The newest object of a kind whose body contains <paramref name="with"/>.</summary>
    public async Task<JsonObject?> LatestAsync(string kind, JsonObject with) =>
        await AllAsync(kind, with) is { Count: > 0 } found ? found[0] : null;

    /// <summary>
    /// One page of the objects of a kind, the newest first, that contain <paramref name="with"/> and of which one of
    /// <paramref name="any"/> holds (none given: all). <paramref name="condition"/> is SQL of ours, never from a request.
    /// </summary>
    public async Task<JsonObject> PageAsync(string url, string kind, Parameters form, JsonObject with, IReadOnlyList<JsonObject>? any = null, string condition = "")
    {
        var limit = form.Integer("limit") ?? 10;
        if (limit is < 1 or > 100)
        {
            throw StripeRefusal.Invalid(
                limit < 1
                    ? $"This value must be greater than or equal to 1 (it currently is '{limit}')."
                    : $"This value must be less than or equal to 100 (it currently is '{limit}').",
                "limit", "parameter_invalid_integer");
        }

        var (after, before) = (await NumberAsync(kind, form, "starting_after"), await NumberAsync(kind, form, "ending_before"));
        var (from, to) = Created(form);
        var forward = before is null;
        await using var command = transaction.Command(
            $"""
            SELECT body::text FROM simulators.stripe_objects
            WHERE object = $1 AND body @> $2::jsonb AND NOT coalesce((body->>'deleted')::boolean, false)
                AND ($3::jsonb IS NULL OR EXISTS (SELECT FROM jsonb_array_elements($3::jsonb) AS part WHERE body @> part))
                AND ($4::bigint IS NULL OR number < $4) AND ($5::bigint IS NULL OR number > $5)
                AND ($7::bigint IS NULL OR (body->>'created')::bigint >= $7) AND ($8::bigint IS NULL OR (body->>'created')::bigint <= $8) {condition}
            ORDER BY number {(forward ? "DESC" : "ASC")} LIMIT $6
            """,
            kind, with.ToJsonString(), any is null ? null : new JsonArray(any.Select(a => a.DeepClone()).ToArray()).ToJsonString(), after, before, limit + 1, from, to);
        var rows = new List<JsonObject>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add((JsonObject)JsonNode.Parse(reader.GetString(0))!);
            }
        }

        var page = rows.Take((int)limit).ToList();
        if (!forward)
        {
            page.Reverse();
        }

        return StripeJson.List(url, page.Select(StripeJson.Public), rows.Count > limit);
    }

    /// <summary>The first and the last second that <c>created</c>, or <c>created[gt]</c> and its kin, ask for.</summary>
    private static (long? From, long? To) Created(Parameters form)
    {
        if (form.Child("created") is not { } range)
        {
            return (form.Integer("created"), form.Integer("created"));
        }

        range.Accept("gt", "gte", "lt", "lte");
        return (range.Integer("gte") ?? range.Integer("gt") + 1, range.Integer("lte") ?? range.Integer("lt") - 1);
    }

    private async Task<long?> NumberAsync(string kind, Parameters form, string name)
    {
        if (form.TextOrNull(name) is not { } id)
        {
            return null;
        }

        await using var command = transaction.Command("SELECT number FROM simulators.stripe_objects WHERE object = $1 AND id = $2", kind, id);
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? throw StripeRefusal.NoSuch(kind, id, name);
    }
}
