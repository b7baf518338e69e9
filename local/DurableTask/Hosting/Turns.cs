using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>
/// Lets a worker make one step of an instance at a time. What comes for an instance while a step of it is made or committed waits here
/// and leads on the next one. A lease does not prevent it: a commit gives the lease back, and outcomes of the worker's own activities
/// come without one.
/// </summary>
internal sealed class Turns(Func<long, Instance?> live)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, Turn> turns = [];

    /// <summary>Begins a turn with leased work; <c>null</c> when one is under way, which will take it.</summary>
    public Turn? Begin(LeasedInstance leased)
    {
        lock (gate)
        {
            if (turns.TryGetValue(leased.Instance.Key, out var under))
            {
                under.Leased = leased;
                return null;
            }

            return Add(leased);
        }
    }

    /// <summary>
    /// Begins a turn with an activity's outcome, or gives it to the one that is under way; taken is false when the instance is not
    /// in memory, and the outcome has to go through its inbox.
    /// </summary>
    public (bool Taken, Turn? Begun) Begin(ActivityCommit outcome)
    {
        lock (gate)
        {
            if (turns.TryGetValue(outcome.InstanceKey, out var under))
            {
                under.Outcomes.Add(outcome);
                return (true, null);
            }

            return live(outcome.InstanceKey) is { } instance
                ? (true, Add(new LeasedInstance(instance, []) { Outcomes = [outcome] }))
                : (false, null);
        }
    }

    /// <summary>
    /// What leads on the next step, after one was committed; <c>null</c>, and the turn is over, when nothing came. Outcomes for an
    /// instance that is no longer in memory are left in <see cref="Turn.Outcomes"/>.
    /// </summary>
    public LeasedInstance? Next(Turn turn, Instance after)
    {
        lock (gate)
        {
            turn.Consumed.UnionWith(turn.Current.Messages.Select(message => message.Id));
            var next = turn.Leased ?? new LeasedInstance(after, []);
            turn.Leased = null;

            // What was leased before that commit has messages which the commit took away, and the instance as it was.
            next = next with
            {
                Instance = next.Instance.Sequence > after.Sequence ? next.Instance : after,
                Messages = [.. next.Messages.Where(message => !turn.Consumed.Contains(message.Id))],
            };
            if (live(turn.Key) is not null)
            {
                next = next with { Outcomes = [.. turn.Outcomes] };
                turn.Outcomes.Clear();
            }

            if (next.Messages.Count + next.Outcomes.Count == 0)
            {
                turns.Remove(turn.Key);
                return null;
            }

            return turn.Current = next;
        }
    }

    /// <summary>Ends a turn whose step was not committed; what came meanwhile is left in it.</summary>
    public void End(Turn turn)
    {
        lock (gate)
        {
            turns.Remove(turn.Key);
        }
    }

    private Turn Add(LeasedInstance leased)
    {
        var turn = new Turn(leased);
        turns.Add(turn.Key, turn);
        return turn;
    }

    /// <summary>Steps of one instance, one after the other.</summary>
    internal sealed class Turn(LeasedInstance first)
    {
        public long Key { get; } = first.Instance.Key;

        /// <summary>What the step is made of that is under way.</summary>
        public LeasedInstance Current { get; set; } = first;

        /// <summary>What was leased meanwhile.</summary>
        public LeasedInstance? Leased { get; set; }

        /// <summary>What leads on the next step, once one was committed.</summary>
        public LeasedInstance? Following { get; set; }

        /// <summary>Outcomes that came meanwhile.</summary>
        public List<ActivityCommit> Outcomes { get; } = [];

        /// <summary>Messages that the steps of this turn have consumed.</summary>
        public HashSet<long> Consumed { get; } = [];
    }
}
