using Npgsql;
using NpgsqlTypes;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>What clients ask for.</summary>
internal sealed partial class PostgresStore
{
    /// <summary>A start; it answers the status of the instance that refuses it, or the keys of the new instance and its message.</summary>
    private NpgsqlBatchCommand Command(StartCommit commit, int worker, DateTimeOffset now)
    {
        var start = commit.Start;
        var started = start.Started;
        var command = new NpgsqlBatchCommand(
            "SELECT refused, target, message FROM durable.start($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");
        var values = command.Parameters;
        Add(values, NpgsqlDbType.Integer, hub);
        Add(values, NpgsqlDbType.Text, start.Id);
        Add(values, NpgsqlDbType.Text, started.Name);
        Add(values, NpgsqlDbType.Text, started.Version);
        Add(values, NpgsqlDbType.Text, started.ExecutionId);
        Add(values, NpgsqlDbType.Text, started.Input);
        Add(values, NpgsqlDbType.Text, HistoryJson.Write(started.Tags));
        Add(values, NpgsqlDbType.Text, started.Parent is null ? null : System.Text.Json.JsonSerializer.Serialize(started.Parent, HistoryJson.Default.ParentLink));
        Add(values, NpgsqlDbType.Text, started.Parent?.InstanceId);
        Add(values, NpgsqlDbType.TimestampTz, start.StartAt?.UtcDateTime);
        Add(values, NpgsqlDbType.Text, HistoryJson.Write(started));
        Add(values, NpgsqlDbType.TimestampTz, now.UtcDateTime);
        Add(values, NpgsqlDbType.Array | NpgsqlDbType.Smallint, start.Refusing.Select(status => (short)status).ToArray());
        Add(values, NpgsqlDbType.Integer, commit.IsLeased ? worker : null);
        return command;
    }

    /// <summary>A message; it answers whether there was somebody to send it to.</summary>
    private NpgsqlBatchCommand Command(NewMessage message, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand("SELECT durable.send($1, $2, $3, $4, $5, $6)");
        var values = command.Parameters;
        Add(values, NpgsqlDbType.Integer, hub);
        Add(values, NpgsqlDbType.Text, message.InstanceId);
        Add(values, NpgsqlDbType.TimestampTz, message.DueAt?.UtcDateTime);
        Add(values, NpgsqlDbType.Integer, message.TimerId);
        Add(values, NpgsqlDbType.Text, HistoryJson.Write(message.Body));
        Add(values, NpgsqlDbType.TimestampTz, now.UtcDateTime);
        return command;
    }

    private static CommitResult ReadStart(NpgsqlDataReader reader, StartCommit commit, DateTimeOffset now)
    {
        if (!reader.IsDBNull(0))
        {
            return CommitResult.Refused;
        }

        return commit.IsLeased ? new CommitResult(true, []) { Instance = commit.Lease(reader.GetInt64(1), reader.GetInt64(2), now) } : CommitResult.Done;
    }
}
