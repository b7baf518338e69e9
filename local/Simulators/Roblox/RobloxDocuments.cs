using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.Roblox;

/// <summary>What the simulator remembers: documents by kind and id, each below a parent, in the order of their making.</summary>
internal interface IRobloxDocuments
{
    /// <summary>A document, or null.</summary>
    Task<JsonObject?> FindAsync(string kind, string id);

    /// <summary>Inserts or replaces a document.</summary>
    Task SaveAsync(string kind, string id, string parent, JsonObject body);

    /// <summary>The documents of a kind below a parent, the oldest first.</summary>
    Task<IReadOnlyList<JsonObject>> AllAsync(string kind, string parent);

    /// <summary>The next number of a sequence, from 1.</summary>
    Task<long> NextAsync(string sequence);
}

/// <summary>The documents in one change of the installation's database.</summary>
internal sealed class StoredRobloxDocuments(SimulatorTransaction transaction, CancellationToken cancellationToken) : IRobloxDocuments
{
    public const string Script = """
        CREATE TABLE IF NOT EXISTS simulators.roblox_documents (
            number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
            kind text NOT NULL,
            id text NOT NULL,
            parent text NOT NULL,
            body jsonb NOT NULL,
            PRIMARY KEY (kind, id));
        CREATE INDEX IF NOT EXISTS roblox_documents_order ON simulators.roblox_documents (kind, parent, number);
        CREATE TABLE IF NOT EXISTS simulators.roblox_sequences (name text PRIMARY KEY, last bigint NOT NULL);
        """;

    public async Task<JsonObject?> FindAsync(string kind, string id)
    {
        await using var command = transaction.Command("SELECT body::text FROM simulators.roblox_documents WHERE kind = $1 AND id = $2", kind, id);
        return await command.ExecuteScalarAsync(cancellationToken) is string body ? (JsonObject)JsonNode.Parse(body)! : null;
    }

    public Task SaveAsync(string kind, string id, string parent, JsonObject body) => transaction.ExecuteAsync(
        """
        INSERT INTO simulators.roblox_documents (kind, id, parent, body) VALUES ($1, $2, $3, $4::jsonb)
        ON CONFLICT (kind, id) DO UPDATE SET parent = excluded.parent, body = excluded.body
        """, cancellationToken, kind, id, parent, body.ToJsonString());

    public async Task<IReadOnlyList<JsonObject>> AllAsync(string kind, string parent)
    {
        await using var command = transaction.Command(
            "SELECT body::text FROM simulators.roblox_documents WHERE kind = $1 AND parent = $2 ORDER BY number", kind, parent);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<JsonObject>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((JsonObject)JsonNode.Parse(reader.GetString(0))!);
        }

        return found;
    }

    public async Task<long> NextAsync(string sequence)
    {
        await using var command = transaction.Command(
            """
            INSERT INTO simulators.roblox_sequences (name, last) VALUES ($1, 1)
            ON CONFLICT (name) DO UPDATE SET last = roblox_sequences.last + 1 RETURNING last
            """, sequence);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

/// <summary>The documents in memory, for simulations. For one thread. They are kept as text, as in the database: what is read is never what was saved.</summary>
internal sealed class InMemoryRobloxDocuments : IRobloxDocuments
{
    private readonly Dictionary<(string Kind, string Id), string> documents = [];
    private readonly Dictionary<(string Kind, string Parent), List<string>> children = [];
    private readonly Dictionary<string, long> sequences = [];

    public Task<JsonObject?> FindAsync(string kind, string id) =>
        Task.FromResult(documents.TryGetValue((kind, id), out var body) ? (JsonObject?)JsonNode.Parse(body) : null);

    public Task SaveAsync(string kind, string id, string parent, JsonObject body)
    {
        if (!documents.ContainsKey((kind, id)))
        {
            if (!children.TryGetValue((kind, parent), out var below))
            {
                children[(kind, parent)] = below = [];
            }

            below.Add(id);
        }

        documents[(kind, id)] = body.ToJsonString();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<JsonObject>> AllAsync(string kind, string parent) => Task.FromResult<IReadOnlyList<JsonObject>>(
        children.TryGetValue((kind, parent), out var below) ? [.. below.Select(id => (JsonObject)JsonNode.Parse(documents[(kind, id)])!)] : []);

    public Task<long> NextAsync(string sequence)
    {
        sequences[sequence] = sequences.GetValueOrDefault(sequence) + 1;
        return Task.FromResult(sequences[sequence]);
    }
}

/// <summary>Short words for reading documents.</summary>
internal static class RobloxJson
{
    public static string Text(this JsonObject body, string name) => body[name]?.GetValue<string>() ?? "";

    public static long Number(this JsonObject body, string name) => body[name]?.GetValue<long>() ?? 0;

    public static bool Flag(this JsonObject body, string name) => body[name]?.GetValue<bool>() ?? false;

    public static DateTimeOffset Time(this JsonObject body, string name) =>
        DateTimeOffset.Parse(body.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    /// <summary>RFC 3339 in UTC, as Roblox writes times.</summary>
    public static string Stamp(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static string Invariant(this long number) => number.ToString(CultureInfo.InvariantCulture);
}
