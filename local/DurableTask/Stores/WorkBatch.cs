using Npgsql;
using NpgsqlTypes;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>Steps and outcomes of activities as the arrays that <c>durable.commit_work</c> takes: one statement for all of them.</summary>
internal sealed class WorkBatch
{
    private const int Parameters = 42;

    private static readonly string Sql =
        $"SELECT accepted, activities, outcomes FROM durable.commit_work({string.Join(", ", Enumerable.Range(1, Parameters).Select(number => $"${number}"))})";

    private readonly List<(int At, StepCommit Commit)> steps = [];
    private readonly List<(int At, ActivityCommit Commit)> outcomes = [];

    /// <summary>Takes the steps and outcomes among <paramref name="commits"/>.</summary>
    public WorkBatch(IReadOnlyList<WorkCommit> commits)
    {
        for (var at = 0; at < commits.Count; at++)
        {
            if (commits[at] is StepCommit step)
            {
                steps.Add((at, step));
            }
            else if (commits[at] is ActivityCommit activity)
            {
                outcomes.Add((at, activity));
            }
        }
    }

    public bool IsEmpty => steps.Count + outcomes.Count == 0;

    public NpgsqlBatchCommand ToCommand(int hub, int worker, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(Sql);
        var values = command.Parameters;
        values.Add(new NpgsqlParameter<int> { TypedValue = hub });
        values.Add(new NpgsqlParameter<int> { TypedValue = worker });
        values.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = now.UtcDateTime });
        AddSteps(values);
        AddParts(values);
        Add(values, NpgsqlDbType.Bigint, outcomes.Select(one => one.Commit.ActivityId));
        Add(values, NpgsqlDbType.Text, outcomes.Select(one => HistoryJson.Write(one.Commit.Outcome)));
        return command;
    }

    /// <summary>Reads the function's answer: what became of each commit, at its place.</summary>
    public void Read(NpgsqlDataReader reader, CommitResult[] results)
    {
        var accepted = Numbers<int>(reader, 0).ToHashSet();
        var activities = new Queue<long>(Numbers<long>(reader, 1));
        var done = Numbers<long>(reader, 2).ToHashSet();
        for (var number = 0; number < steps.Count; number++)
        {
            var (at, step) = steps[number];
            results[at] = accepted.Contains(number + 1) ? Accepted(step, activities) : CommitResult.Refused;
        }

        foreach (var (at, outcome) in outcomes)
        {
            results[at] = CommitResult.Of(done.Contains(outcome.ActivityId));
        }
    }

    private static CommitResult Accepted(StepCommit step, Queue<long> ids)
    {
        var leased = new List<LeasedActivity>();
        foreach (var call in step.Activities)
        {
            var id = ids.Dequeue();
            if (call.IsLeased)
            {
                leased.Add(new LeasedActivity(
                    id,
                    step.Key,
                    step.After.ExecutionId!,
                    new ActivityCall(step.InstanceId, call.TaskId, call.Name, call.Version, call.Input)
                    {
                        TraceParent = call.TraceParent,
                        TraceState = call.TraceState,
                        Tags = call.Tags,
                    },
                    Attempts: 1));
            }
        }

        return leased.Count == 0 ? CommitResult.Done : new CommitResult(true, leased);
    }

    private void AddSteps(NpgsqlParameterCollection values)
    {
        Add(values, NpgsqlDbType.Bigint, steps.Select(one => one.Commit.Key));
        Add(values, NpgsqlDbType.Text, steps.Select(one => one.Commit.InstanceId));
        Add(values, NpgsqlDbType.Integer, steps.Select(one => one.Commit.Sequence));
        Add(values, NpgsqlDbType.Smallint, steps.Select(one => (short)one.Commit.After.Status));
        Add(values, NpgsqlDbType.TimestampTz, steps.Select(one => one.Commit.After.UpdatedAt.UtcDateTime));
        Add(values, NpgsqlDbType.Text, steps.Select(one => one.Commit.After.ExecutionId));
        Add(values, NpgsqlDbType.Text, steps.Select(one => one.Commit.After.Version));
        Add(values, NpgsqlDbType.Boolean, steps.Select(one => one.Commit.DropsHistory));
        Add(values, NpgsqlDbType.Text, steps.Select(one => one.Commit.DropsHistory ? one.Commit.After.Input : null));
        Add(values, NpgsqlDbType.Text, steps.Select(one => one.Commit.After.Output));
        Add(values, NpgsqlDbType.Text, steps.Select(one => HistoryJson.Write(one.Commit.After.Failure)));
        Add(values, NpgsqlDbType.Text, steps.Select(one => one.Commit.After.CustomStatus));
        Add(values, NpgsqlDbType.Text, steps.Select(one => HistoryJson.Write(one.Commit.After.Entity)));
        Add(values, NpgsqlDbType.TimestampTz, steps.Select(one => one.Commit.After.CompletedAt?.UtcDateTime));
        Add(values, NpgsqlDbType.Text, steps.Select(one => one.Commit.History.Count == 0 ? null : HistoryJson.Write([.. one.Commit.History])));
        Add(values, NpgsqlDbType.Boolean, steps.Select(one => one.Commit.DropsTimers));
    }

    private void AddParts(NpgsqlParameterCollection values)
    {
        var consumed = Parts(values, step => step.Consumed);
        Add(values, NpgsqlDbType.Bigint, consumed);
        var done = Parts(values, step => step.Done);
        Add(values, NpgsqlDbType.Bigint, done);
        var timers = Parts(values, step => step.CancelledTimers);
        Add(values, NpgsqlDbType.Integer, timers);
        var calls = Parts(values, step => step.Activities);
        Add(values, NpgsqlDbType.Integer, calls.Select(call => call.TaskId));
        Add(values, NpgsqlDbType.Text, calls.Select(call => call.Name));
        Add(values, NpgsqlDbType.Text, calls.Select(call => call.Version));
        Add(values, NpgsqlDbType.Text, calls.Select(call => call.Input));
        Add(values, NpgsqlDbType.Text, calls.Select(call => HistoryJson.Write(call.Tags)));
        Add(values, NpgsqlDbType.Text, calls.Select(call => call.TraceState is null ? call.TraceParent : $"{call.TraceParent} {call.TraceState}"));
        Add(values, NpgsqlDbType.Boolean, calls.Select(call => call.IsLeased));
        var messages = Parts(values, step => step.Messages);
        Add(values, NpgsqlDbType.Text, messages.Select(message => message.InstanceId));
        Add(values, NpgsqlDbType.TimestampTz, messages.Select(message => message.DueAt?.UtcDateTime));
        Add(values, NpgsqlDbType.Integer, messages.Select(message => message.TimerId));
        Add(values, NpgsqlDbType.Text, messages.Select(message => HistoryJson.Write(message.Body)));
        var starts = Parts(values, step => step.Starts);
        Add(values, NpgsqlDbType.Text, starts.Select(StartRow.Write));
    }

    /// <summary>What belongs to the steps, one after the other; adds the array of the steps' numbers that goes with it.</summary>
    private List<T> Parts<T>(NpgsqlParameterCollection values, Func<StepCommit, IReadOnlyList<T>> of)
    {
        var parts = new List<T>();
        var numbers = new List<int>();
        for (var number = 0; number < steps.Count; number++)
        {
            foreach (var part in of(steps[number].Commit))
            {
                parts.Add(part);
                numbers.Add(number + 1);
            }
        }

        Add(values, NpgsqlDbType.Integer, numbers);
        return parts;
    }

    private static void Add<T>(NpgsqlParameterCollection values, NpgsqlDbType type, IEnumerable<T> items) =>
        values.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. items] });

    private static T[] Numbers<T>(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? [] : reader.GetFieldValue<T[]>(column);
}
