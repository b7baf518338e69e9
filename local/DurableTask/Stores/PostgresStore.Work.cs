using Npgsql;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>Commits and leases: one batch of statements, one round trip, one transaction.</summary>
internal sealed partial class PostgresStore
{
    private const string FetchInstances = """
        WITH picked AS MATERIALIZED (
            SELECT i.key FROM durable.inbox m JOIN durable.instances i ON i.key = m.instance
            WHERE m.hub = $1 AND m.due_at <= installation.now() AND i.set_aside IS NULL
                AND i.owner IS NULL AND (i.retry_at IS NULL OR i.retry_at <= clock_timestamp())
                /*filter*/
            ORDER BY m.due_at, m.id LIMIT $3 FOR UPDATE OF i SKIP LOCKED),
        leased AS (
            UPDATE durable.instances i SET owner = $2, attempts = i.attempts + 1
            WHERE i.key IN (SELECT key FROM picked) RETURNING i.*)
        SELECT
        """ + " " + InstanceColumns + """
        , m.ids, m.bodies FROM leased i CROSS JOIN LATERAL (
            SELECT array_agg(d.id) AS ids, array_agg(d.body) AS bodies FROM (
                SELECT id, body FROM durable.inbox WHERE instance = i.key AND due_at <= installation.now() ORDER BY id LIMIT 1000) d) m
        """;

    private const string FetchActivities = """
        WITH picked AS MATERIALIZED (
            SELECT id FROM durable.activities
            WHERE hub = $1 AND set_aside IS NULL AND owner IS NULL AND (retry_at IS NULL OR retry_at <= clock_timestamp())
                /*filter*/
            ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)
        UPDATE durable.activities a SET owner = $2, attempts = a.attempts + 1 FROM picked p WHERE a.id = p.id
        RETURNING a.id, a.instance, a.execution, a.instance_id, a.task, a.name, a.version, a.input, a.trace_parent, a.tags, a.attempts
        """;

    private const string NextDue = "SELECT due_at FROM durable.inbox WHERE hub = $1 AND due_at > installation.now() ORDER BY due_at LIMIT 1";

    private static readonly string FetchFilteredInstances = FetchInstances.Replace("/*filter*/", """
        AND (lower(CASE WHEN i.is_entity THEN 'e' ELSE 'o' END || E'\n' || i.name) = ANY ($4)
            OR lower('o' || E'\n' || i.name || E'\n' || coalesce(i.version, '')) = ANY ($4) AND NOT i.is_entity)
        """);

    private static readonly string FetchFilteredActivities = FetchActivities.Replace("/*filter*/", """
        AND (lower('a' || E'\n' || name) = ANY ($4) OR lower('a' || E'\n' || name || E'\n' || coalesce(version, '')) = ANY ($4))
        """);

    public async Task<Round> CommitAsync(int worker, IReadOnlyList<WorkCommit> commits, FetchRequest? fetch, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        var work = new WorkBatch(commits);
        var now = session.Clock.GetUtcNow();
        foreach (var commit in commits)
        {
            if (commit is StartCommit start)
            {
                batch.BatchCommands.Add(Command(start, worker, now));
            }
            else if (commit is SendCommit send)
            {
                batch.BatchCommands.Add(Command(send.Message, now));
            }
        }

        if (!work.IsEmpty)
        {
            batch.BatchCommands.Add(work.ToCommand(hub, worker, now));
        }

        if (fetch is not null)
        {
            Fetch(batch, fetch.Filter is null ? FetchInstances : FetchFilteredInstances, worker, fetch.MaxInstances, fetch.Filter?.Instances);
            Fetch(batch, fetch.Filter is null ? FetchActivities : FetchFilteredActivities, worker, fetch.MaxActivities, fetch.Filter?.Activities);
            batch.BatchCommands.Add(new NpgsqlBatchCommand(NextDue) { Parameters = { new NpgsqlParameter { Value = hub } } });
        }

        if (commits.Any(commit => commit.MakesWork))
        {
            batch.BatchCommands.Add(NotifyOthers());
        }

        if (batch.BatchCommands.Count == 0)
        {
            return new Round([], FetchedWork.None);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var results = await ReadResultsAsync(reader, commits, work, now, cancellationToken).ConfigureAwait(false);
        return new Round(results, fetch is null ? FetchedWork.None : await ReadWorkAsync(reader, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<IReadOnlyList<CommitResult>> ReadResultsAsync(
        NpgsqlDataReader reader, IReadOnlyList<WorkCommit> commits, WorkBatch work, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var results = new CommitResult[commits.Count];
        for (var at = 0; at < commits.Count; at++)
        {
            if (commits[at] is not (StartCommit or SendCommit))
            {
                continue;
            }

            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            results[at] = commits[at] is StartCommit start ? ReadStart(reader, start, now) : CommitResult.Of(reader.GetBoolean(0));
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!work.IsEmpty)
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            work.Read(reader, results);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        return results;
    }

    private static async Task<FetchedWork> ReadWorkAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var instances = new List<LeasedInstance>();
        var activities = new List<LeasedActivity>();
        var unreadable = new List<UnreadableWork>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                instances.Add(new LeasedInstance(ReadInstance(reader), ReadMessages(reader)));
            }
            catch (InvalidDataException e)
            {
                unreadable.Add(new UnreadableWork(ReadPlainInstance(reader), null, e));
            }
        }

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var activity = ReadPlainActivity(reader);
            try
            {
                activities.Add(activity with { Call = activity.Call with { Tags = HistoryJson.ReadTags(Text(reader, 9)) } });
            }
            catch (InvalidDataException e)
            {
                unreadable.Add(new UnreadableWork(null, activity, e));
            }
        }

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var due = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? Utc(reader.GetDateTime(0)) : (DateTimeOffset?)null;
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return new FetchedWork(instances, activities) { Unreadable = unreadable, NextDue = due };
    }

    private static List<InboxMessage> ReadMessages(NpgsqlDataReader reader)
    {
        var ids = reader.IsDBNull(InstanceColumnCount) ? [] : reader.GetFieldValue<long[]>(InstanceColumnCount);
        var bodies = ids.Length == 0 ? [] : reader.GetFieldValue<string[]>(InstanceColumnCount + 1);
        return [.. ids.Zip(bodies, (id, body) => new InboxMessage(id, HistoryJson.ReadEvent(body)))];
    }

    /// <summary>The activity without its tags, which are written in JSON.</summary>
    private static LeasedActivity ReadPlainActivity(NpgsqlDataReader reader)
    {
        var trace = Text(reader, 8)?.Split(' ', 2);
        var call = new ActivityCall(reader.GetString(3), reader.GetInt32(4), reader.GetString(5), Text(reader, 6), Text(reader, 7))
        {
            TraceParent = trace?[0],
            TraceState = trace is [_, var state] ? state : null,
        };
        return new LeasedActivity(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), call, reader.GetInt32(10));
    }

    private void Fetch(NpgsqlBatch batch, string sql, int worker, int max, string[]? filter)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = hub });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = worker });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
        if (filter is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = filter });
        }

        batch.BatchCommands.Add(command);
    }
}
