using ToolboxAI.Local.DurableTask.Engine;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>
/// Executions kept in memory between their steps, so that a step needs no replay. An entry is good only for the sequence that it
/// was kept at; when there are too many, the longest unused are forgotten.
/// </summary>
internal sealed class LiveExecutions(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, LinkedListNode<Entry>> byKey = [];
    private readonly LinkedList<Entry> byUse = new();

    /// <summary>Takes the execution out, when there is one at that sequence.</summary>
    public OrchestrationExecution? Take(long key, int sequence)
    {
        lock (gate)
        {
            if (!byKey.Remove(key, out var node))
            {
                return null;
            }

            byUse.Remove(node);
            return node.Value.After.Sequence == sequence ? node.Value.Execution : null;
        }
    }

    /// <summary>The instance as it is after the last commit, when its execution is kept.</summary>
    public Instance? Find(long key)
    {
        lock (gate)
        {
            return byKey.TryGetValue(key, out var node) ? node.Value.After : null;
        }
    }

    /// <summary>Keeps an execution as it is after the commit that made <paramref name="after"/>.</summary>
    public void Keep(Instance after, OrchestrationExecution execution)
    {
        lock (gate)
        {
            if (byKey.Remove(after.Key, out var old))
            {
                byUse.Remove(old);
            }

            byKey.Add(after.Key, byUse.AddLast(new Entry(after, execution)));
            if (byKey.Count > capacity)
            {
                byKey.Remove(byUse.First!.Value.After.Key);
                byUse.RemoveFirst();
            }
        }
    }

    private sealed record Entry(Instance After, OrchestrationExecution Execution);
}
