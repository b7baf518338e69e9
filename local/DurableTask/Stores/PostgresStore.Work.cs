using Npgsql;
using NpgsqlTypes;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>Workers, leases and commits.</summary>
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

    private static readonly string FetchFilteredInstances = FetchInstances.Replace("/*filter*/", """
        AND (lower(CASE WHEN i.is_entity THEN 'e' ELSE 'o' END || E'\n' || i.name) = ANY ($4)
            OR lower('o' || E'\n' || i.name || E'\n' || coalesce(i.version, '')) = ANY ($4) AND NOT i.is_entity)
        """);

    private static readonly string FetchFilteredActivities = FetchActivities.Replace("/*filter*/", """
        AND (lower('a' || E'\n' || name) = ANY ($4) OR lower('a' || E'\n' || name || E'\n' || coalesce(version, '')) = ANY ($4))
        """);

    public async Task<FetchedWork> FetchAsync(
        int worker, int maxInstances, int maxActivities, WorkFilter? filter, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        Fetch(batch, filter is null ? FetchInstances : FetchFilteredInstances, worker, maxInstances, filter?.Instances);
        Fetch(batch, filter is null ? FetchActivities : FetchFilteredActivities, worker, maxActivities, filter?.Activities);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var instances = new List<LeasedInstance>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var instance = ReadInstance(reader);
            var ids = reader.IsDBNull(InstanceColumnCount) ? [] : reader.GetFieldValue<long[]>(InstanceColumnCount);
            var bodies = ids.Length == 0 ? [] : reader.GetFieldValue<string[]>(InstanceColumnCount + 1);
            instances.Add(new LeasedInstance(instance, [.. ids.Zip(bodies, (id, body) => new InboxMessage(id, HistoryJson.ReadEvent(body)))]));
        }

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var activities = new List<LeasedActivity>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var trace = Text(reader, 8)?.Split(' ', 2);
            activities.Add(new LeasedActivity(
                reader.GetInt64(0),
                reader.GetInt64(1),
                reader.GetString(2),
                new ActivityCall(reader.GetString(3), reader.GetInt32(4), reader.GetString(5), Text(reader, 6), Text(reader, 7))
                {
                    TraceParent = trace?[0],
                    TraceState = trace is [_, var state] ? state : null,
                    Tags = HistoryJson.ReadTags(Text(reader, 9)),
                },
                reader.GetInt32(10)));
        }

        return instances.Count + activities.Count == 0 ? FetchedWork.None : new FetchedWork(instances, activities);
    }

    public async Task<IReadOnlyList<bool>> CommitAsync(int worker, IReadOnlyList<WorkCommit> commits, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        foreach (var commit in commits)
        {
            batch.BatchCommands.Add(commit switch
            {
                StepCommit step => Command(step),
                ActivityCommit activity => Command(worker, activity),
                _ => throw new ArgumentException($"Unknown commit {commit}.", nameof(commits)),
            });
        }

        batch.BatchCommands.Add(NotifyOthers());
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var accepted = new List<bool>(commits.Count);
        for (var i = 0; i < commits.Count; i++)
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            accepted.Add(reader.GetBoolean(0));
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        return accepted;
    }

    private void Fetch(NpgsqlBatch batch, string sql, int worker, int max, string[]? filter)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = hub });
        command.Parameters.Add(new NpgsqlParameter { Value = worker });
        command.Parameters.Add(new NpgsqlParameter { Value = max });
        if (filter is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = filter });
        }

        batch.BatchCommands.Add(command);
    }

    private NpgsqlBatchCommand Command(int worker, ActivityCommit activity)
    {
        var command = new NpgsqlBatchCommand("SELECT durable.commit_activity($1, $2, $3, $4)");
        command.Parameters.Add(new NpgsqlParameter { Value = hub });
        command.Parameters.Add(new NpgsqlParameter { Value = worker });
        command.Parameters.Add(new NpgsqlParameter { Value = activity.ActivityId });
        command.Parameters.Add(new NpgsqlParameter { Value = HistoryJson.Write(activity.Outcome) });
        return command;
    }

    private NpgsqlBatchCommand Command(StepCommit step)
    {
        // An ended instance only loses messages: its sequence goes on, so that the row is the only thing to look at.
        var after = step.After;
        var command = new NpgsqlBatchCommand("""
            SELECT durable.commit_step($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27, $28, $29)
            """);
        var values = command.Parameters;
        Add(values, NpgsqlDbType.Integer, hub);
        Add(values, NpgsqlDbType.Bigint, step.Key);
        Add(values, NpgsqlDbType.Integer, step.Sequence);
        Add(values, NpgsqlDbType.Smallint, (short)after.Status);
        Add(values, NpgsqlDbType.TimestampTz, after.UpdatedAt.UtcDateTime);
        Add(values, NpgsqlDbType.Text, after.ExecutionId);
        Add(values, NpgsqlDbType.Text, after.Version);
        Add(values, NpgsqlDbType.Boolean, step.DropsHistory);
        Add(values, NpgsqlDbType.Text, step.DropsHistory ? after.Input : null);
        Add(values, NpgsqlDbType.Text, after.Output);
        Add(values, NpgsqlDbType.Text, HistoryJson.Write(after.Failure));
        Add(values, NpgsqlDbType.Text, after.CustomStatus);
        Add(values, NpgsqlDbType.Text, HistoryJson.Write(after.Entity));
        Add(values, NpgsqlDbType.TimestampTz, after.CompletedAt?.UtcDateTime);
        Add(values, NpgsqlDbType.Text, step.History.Count == 0 ? null : HistoryJson.Write([.. step.History]));
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Bigint, step.Consumed.ToArray());
        Add(values, NpgsqlDbType.Boolean, step.DropsTimers);
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Integer, step.CancelledTimers.ToArray());
        AddActivities(values, step.Activities);
        AddMessages(values, step.Messages);
        Add(values, NpgsqlDbType.Jsonb, StartsJson(step.Starts));
        return command;
    }

    private static void AddActivities(NpgsqlParameterCollection values, IReadOnlyList<NewActivity> activities)
    {
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Integer, activities.Select(call => call.TaskId).ToArray());
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Text, activities.Select(call => call.Name).ToArray());
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Text, activities.Select(call => call.Version).ToArray());
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Text, activities.Select(call => call.Input).ToArray());
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Text, activities.Select(call => HistoryJson.Write(call.Tags)).ToArray());
        Add(values, NpgsqlDbType.Text, activities is [var first, ..] ? Trace(first) : null);
    }

    private static string? Trace(NewActivity call) => call.TraceState is null ? call.TraceParent : $"{call.TraceParent} {call.TraceState}";

    private static void AddMessages(NpgsqlParameterCollection values, IReadOnlyList<NewMessage> messages)
    {
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Text, messages.Select(message => message.InstanceId).ToArray());
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, messages.Select(message => message.DueAt?.UtcDateTime).ToArray());
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Integer, messages.Select(message => message.TimerId).ToArray());
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Text, messages.Select(message => HistoryJson.Write(message.Body)).ToArray());
    }
}
