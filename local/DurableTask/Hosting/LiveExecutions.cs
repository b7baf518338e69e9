using ToolboxAI.Local.DurableTask.Engine;

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
            return node.Value.Sequence == sequence ? node.Value.Execution : null;
        }
    }

    /// <summary>Keeps an execution as it is after the commit that made <paramref name="sequence"/>.</summary>
    public void Keep(long key, int sequence, OrchestrationExecution execution)
    {
        lock (gate)
        {
            if (byKey.Remove(key, out var old))
            {
                byUse.Remove(old);
            }

            byKey.Add(key, byUse.AddLast(new Entry(key, sequence, execution)));
            if (byKey.Count > capacity)
            {
                byKey.Remove(byUse.First!.Value.Key);
                byUse.RemoveFirst();
            }
        }
    }

    private sealed record Entry(long Key, int Sequence, OrchestrationExecution Execution);
}
