using Npgsql;
using NpgsqlTypes;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>Released, set aside and rewound work.</summary>
internal sealed partial class PostgresStore
{
    public Task ReleaseInstanceAsync(int worker, long key, TimeSpan retryAfter, bool counts, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "UPDATE durable.instances SET owner = NULL, retry_at = clock_timestamp() + $3, attempts = attempts - $4 WHERE key = $1 AND owner = $2",
            cancellationToken, key, worker, retryAfter, counts ? 0 : 1);

    public Task ReleaseActivityAsync(int worker, long id, TimeSpan retryAfter, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "UPDATE durable.activities SET owner = NULL, retry_at = clock_timestamp() + $3 WHERE id = $1 AND owner = $2",
            cancellationToken, id, worker, retryAfter);

    public Task SetInstanceAsideAsync(int worker, long key, string reason, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "UPDATE durable.instances SET owner = NULL, set_aside = $3 WHERE key = $1 AND owner = $2", cancellationToken, key, worker, reason);

    public Task SetActivityAsideAsync(int worker, long id, string reason, CancellationToken cancellationToken) =>
        ExecuteAsync(
            "UPDATE durable.activities SET owner = NULL, set_aside = $3 WHERE id = $1 AND owner = $2", cancellationToken, id, worker, reason);

    public async Task<IReadOnlyList<SetAsideWork>> ListSetAsideAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT id, NULL, set_aside, attempts FROM durable.instances WHERE hub = $1 AND set_aside IS NOT NULL
            UNION ALL
            SELECT instance_id, name, set_aside, attempts FROM durable.activities WHERE hub = $1 AND set_aside IS NOT NULL
            ORDER BY 1, 2
            """);
        Add(command, hub);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var found = new List<SetAsideWork>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            found.Add(new SetAsideWork(reader.GetString(0), Text(reader, 1), reader.GetString(2), reader.GetInt32(3)));
        }

        return found;
    }

    public async Task<int> ReleaseSetAsideAsync(string instanceId, CancellationToken cancellationToken)
    {
        var instances = await ExecuteAsync(
            "UPDATE durable.instances SET set_aside = NULL, attempts = 0 WHERE hub = $1 AND id = $2 AND set_aside IS NOT NULL",
            cancellationToken, hub, instanceId).ConfigureAwait(false);
        var activities = await ExecuteAsync(
            "UPDATE durable.activities SET set_aside = NULL, attempts = 0 WHERE hub = $1 AND instance_id = $2 AND set_aside IS NOT NULL",
            cancellationToken, hub, instanceId).ConfigureAwait(false);
        await NotifyAsync(cancellationToken).ConfigureAwait(false);
        return instances + activities;
    }

    public async Task<bool> RewindAsync(RewindCommit rewind, CancellationToken cancellationToken)
    {
        // The history is written anew in one piece, in the same transaction as the step that starts the activities again.
        var instance = rewind.Instance;
        await using var batch = database.CreateBatch();
        var step = new WorkBatch([new StepCommit(instance.Key, instance.Sequence, [])
        {
            InstanceId = instance.Id,
            After = instance,
            DropsHistory = true,
            Activities = rewind.Activities,
            Messages = rewind.Messages,
        }]);
        batch.BatchCommands.Add(step.ToCommand(hub, 0, session.Clock.GetUtcNow()));
        var history = new NpgsqlBatchCommand("""
            INSERT INTO durable.history (instance, sequence, events)
            SELECT $1, $2, $3 FROM durable.instances WHERE key = $1 AND sequence = $2 + 1 AND NOT EXISTS (SELECT FROM durable.history WHERE instance = $1)
            """);
        Add(history.Parameters, NpgsqlDbType.Bigint, instance.Key);
        Add(history.Parameters, NpgsqlDbType.Integer, instance.Sequence);
        Add(history.Parameters, NpgsqlDbType.Text, HistoryJson.Write([.. rewind.History]));
        batch.BatchCommands.Add(history);
        batch.BatchCommands.Add(NotifyOthers());
        var result = new CommitResult[1];
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        step.Read(reader, result);
        return result[0].Accepted;
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        Add(command, values);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
