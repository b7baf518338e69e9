using Microsoft.DurableTask.Client;
using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

internal partial class MemoryStore
{
    private CommitResult Start(int worker, StartCommit commit) =>
        !Start(commit.Start) ? CommitResult.Refused
        : commit.IsLeased ? CommitResult.Done with { Instance = Lease(worker, byId[commit.Start.Id]) }
        : CommitResult.Done;

    private bool Start(NewInstance start)
    {
        if (byId.TryGetValue(start.Id, out var existing))
        {
            if (start.Refusing.Contains(existing.Instance.Status))
            {
                return false;
            }

            Drop(existing);
        }

        var row = new Row(new StartCommit(start).Instance(++lastKey, clock.GetUtcNow()));
        Add(row);
        Deliver(row, new NewMessage(start.Id, start.Started) { DueAt = start.StartAt });
        return true;
    }

    private bool Send(NewMessage message)
    {
        if (!byId.TryGetValue(message.InstanceId, out var row))
        {
            if (!EntityNames.IsEntity(message.InstanceId))
            {
                return false;
            }

            var now = clock.GetUtcNow();
            row = new Row(new Instance
            {
                Key = ++lastKey,
                Id = message.InstanceId,
                IsEntity = true,
                Name = EntityNames.NameOf(message.InstanceId),
                Status = OrchestrationRuntimeStatus.Running,
                CreatedAt = now,
                UpdatedAt = now,
            });
            Add(row);
        }

        if (row.Instance.IsEnded)
        {
            return false;
        }

        Deliver(row, message);
        return true;
    }

    private CommitResult Commit(int worker, StepCommit step)
    {
        if (!byKey.TryGetValue(step.Key, out var row) || row.Instance.Sequence != step.Sequence
            || !step.Consumed.All(row.Inbox.ContainsKey)
            || !step.Done.All(id => activities.TryGetValue(id, out var done) && done.Owner == worker))
        {
            return CommitResult.Refused;
        }

        row.Instance = step.DropsHistory ? step.After : step.After with { Input = row.Instance.Input };
        row.Owner = null;
        foreach (var id in step.Consumed)
        {
            row.Inbox.Remove(id);
        }

        foreach (var id in step.Done)
        {
            activities.Remove(id);
        }

        if (step.DropsHistory)
        {
            row.History.Clear();
        }

        foreach (var (id, message) in row.Inbox.ToList())
        {
            if (step.After.IsEnded
                || (message.Message.TimerId is { } timer && (step.DropsTimers || step.CancelledTimers.Contains(timer))))
            {
                row.Inbox.Remove(id);
            }
        }

        row.History.AddRange(step.History);
        var added = step.Activities.Select(call => (call.IsLeased, Row: AddActivity(row, call))).ToList();

        foreach (var start in step.Starts)
        {
            if (!Start(start) && start.Started.Parent is { } parent)
            {
                Send(new NewMessage(parent.InstanceId, Refusal.Of(start, byId[start.Id].Instance.Status)));
            }
        }

        foreach (var message in step.Messages)
        {
            Send(message);
        }

        NoteMessages(row);
        return new CommitResult(true, [.. added.Where(one => one.IsLeased).Select(one => Lease(worker, one.Row))]);
    }

    private bool Commit(int worker, ActivityCommit activity)
    {
        if (!activities.TryGetValue(activity.ActivityId, out var row) || row.Owner != worker)
        {
            return false;
        }

        activities.Remove(activity.ActivityId);
        if (byKey.TryGetValue(activity.InstanceKey, out var instance) && !instance.Instance.IsEnded)
        {
            Deliver(instance, new NewMessage(instance.Instance.Id, activity.Outcome));
        }

        return true;
    }

    private ActivityRow AddActivity(Row row, NewActivity call)
    {
        var added = new ActivityRow(
            ++lastId,
            row.Instance.Key,
            row.Instance.ExecutionId!,
            new ActivityCall(row.Instance.Id, call.TaskId, call.Name, call.Version, call.Input)
            {
                TraceParent = call.TraceParent,
                TraceState = call.TraceState,
                Tags = call.Tags,
            });
        activities.Add(added.Id, added);
        return added;
    }

    private void Deliver(Row row, NewMessage message)
    {
        var id = ++lastId;
        row.Inbox.Add(id, new MessageRow(id, message.DueAt ?? DateTimeOffset.MinValue, message));
        NoteMessages(row);
    }

    private void NoteMessages(Row row)
    {
        if (row.Inbox.Count > 0)
        {
            withMessages.Add(row.Instance.Key);
        }
        else
        {
            withMessages.Remove(row.Instance.Key);
        }
    }

    private void Add(Row row)
    {
        byId.Add(row.Instance.Id, row);
        byKey.Add(row.Instance.Key, row);
    }

    private void Drop(Row row)
    {
        byId.Remove(row.Instance.Id);
        byKey.Remove(row.Instance.Key);
        withMessages.Remove(row.Instance.Key);
        foreach (var id in activities.Where(activity => activity.Value.InstanceKey == row.Instance.Key).Select(activity => activity.Key).ToList())
        {
            activities.Remove(id);
        }
    }
}
