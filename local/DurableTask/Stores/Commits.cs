using ToolboxAI.Local.DurableTask.Engine;

namespace ToolboxAI.Local.DurableTask.Stores;

/// <summary>What is written, all or nothing: a piece of work that is done, or what a client asks for.</summary>
internal abstract record WorkCommit
{
    /// <summary>Whether there is work afterwards that nobody has leased yet.</summary>
    public abstract bool MakesWork { get; }
}

/// <summary>
/// A step of an orchestration or a batch of an entity. It is refused when the instance has made another step meanwhile, when a message
/// that it took is gone, or when an activity whose outcome it took in is no longer leased to this worker. Committing it ends the lease.
/// </summary>
internal sealed record StepCommit(long Key, int Sequence, IReadOnlyList<long> Consumed) : WorkCommit
{
    public required string InstanceId { get; init; }

    /// <summary>The instance after the step.</summary>
    public required Instance After { get; init; }

    /// <summary>The activities whose outcomes the step took in directly.</summary>
    public IReadOnlyList<long> Done { get; init; } = [];

    /// <summary>What is added to the history.</summary>
    public IReadOnlyList<HistoryEvent> History { get; init; } = [];

    /// <summary>Whether the history so far is dropped first.</summary>
    public bool DropsHistory { get; init; }

    /// <summary>Whether timers that have not fired are dropped.</summary>
    public bool DropsTimers { get; init; }

    public IReadOnlyList<int> CancelledTimers { get; init; } = [];

    public IReadOnlyList<NewActivity> Activities { get; init; } = [];

    public IReadOnlyList<NewMessage> Messages { get; init; } = [];

    public IReadOnlyList<NewInstance> Starts { get; init; } = [];

    public override bool MakesWork => Messages.Count + Starts.Count > 0 || Activities.Any(call => !call.IsLeased);
}

/// <summary>An activity's outcome, for the inbox of its instance. It is refused when the activity is no longer leased to this worker.</summary>
internal sealed record ActivityCommit(long ActivityId, long InstanceKey, HistoryEvent Outcome) : WorkCommit
{
    public override bool MakesWork => true;
}

/// <summary>A client's start. It is refused when an instance of the id refuses it.</summary>
internal sealed record StartCommit(NewInstance Start) : WorkCommit
{
    /// <summary>Whether the instance is leased at once to the worker that commits.</summary>
    public bool IsLeased { get; init; }

    public override bool MakesWork => !IsLeased;

    /// <summary>The new instance as it was stored.</summary>
    public Instance Instance(long key, DateTimeOffset now) => new()
    {
        Key = key,
        Id = Start.Id,
        Name = Start.Started.Name,
        Version = Start.Started.Version,
        ExecutionId = Start.Started.ExecutionId,
        Input = Start.Started.Input,
        CreatedAt = now,
        UpdatedAt = now,
        Tags = Start.Started.Tags,
        Parent = Start.Started.Parent,
    };

    /// <summary>The new instance as it was leased, with its first message.</summary>
    public LeasedInstance Lease(long key, long message, DateTimeOffset now) =>
        new(Instance(key, now) with { Attempts = 1 }, [new InboxMessage(message, Start.Started)]);
}

/// <summary>A client's message. It is refused when there is no instance of the id, or it has ended.</summary>
internal sealed record SendCommit(NewMessage Message) : WorkCommit
{
    public override bool MakesWork => true;
}

/// <summary>How much work to lease; only what <paramref name="Filter"/> allows, when there is one.</summary>
internal sealed record FetchRequest(int MaxInstances, int MaxActivities, WorkFilter? Filter);

/// <summary>What became of a commit: whether it was accepted, and the activities that it leased.</summary>
internal sealed record CommitResult(bool Accepted, IReadOnlyList<LeasedActivity> Activities)
{
    /// <summary>The instance that a start leased.</summary>
    public LeasedInstance? Instance { get; init; }

    public static CommitResult Refused { get; } = new(false, []);

    public static CommitResult Done { get; } = new(true, []);

    public static CommitResult Of(bool accepted) => accepted ? Done : Refused;
}

/// <summary>What one transaction did: what became of each commit, and the work that it leased.</summary>
internal sealed record Round(IReadOnlyList<CommitResult> Results, FetchedWork Work);
