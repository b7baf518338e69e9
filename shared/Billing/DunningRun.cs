namespace ToolboxAI.Shared.Billing;

/// <summary>A run as its row tells it: what the API shows, and what it was started from.</summary>
public sealed record DunningRun
{
    private const string EndedStage = "ended";

    /// <summary>What it was started from.</summary>
    public required DunningStart Start { get; init; }

    /// <summary>Where it stands.</summary>
    public DunningStatus Status { get; init; }

    /// <summary>What it waits for, in a word.</summary>
    public required string Stage { get; init; }

    /// <summary>When it began (business time).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the next try is planned.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>The tries that ended, in their order.</summary>
    public IReadOnlyList<DunningTry> Tries { get; init; } = [];

    /// <summary>The version of the state that was recorded last.</summary>
    public int Version { get; init; }

    /// <summary>True once nothing can change any more.</summary>
    public bool Ended => Status is not (DunningStatus.Running or DunningStatus.Paused);

    /// <summary>True when the policy has given the invoice up and left it to be paid: something is withheld until then.</summary>
    public bool IsGivenUp => Status is DunningStatus.Suspended or DunningStatus.Uncollectible;

    /// <summary>The row of a run that is about to start.</summary>
    public static DunningRun Begin(DunningStart start, DateTimeOffset now)
    {
        var state = DunningRules.Start(start.FirstFailureAt, start.Decline, start.Card, start.NewCard);
        return new DunningRun { Start = start, StartedAt = now, Stage = "" }.With(state);
    }

    /// <summary>The row after a step. A step older than what the row shows changes nothing.</summary>
    public DunningRun With(DunningState state)
    {
        if (state.Version < Version || Ended)
        {
            return this;
        }

        var isNew = state.LastTry is { } last && Tries.All(known => known.Number != last.Number);
        return this with
        {
            Status = state.Status,
            Stage = StageOf(state),
            NextTryAt = DunningRules.NextTryAt(Start.Policy, state),
            Tries = isNew ? [.. Tries, state.LastTry!] : Tries,
            Version = state.Version,
        };
    }

    /// <summary>The row once collection is paused, at the policy's end.</summary>
    public DunningRun Suspended() => Ended ? this : this with { Status = DunningStatus.Suspended, Stage = EndedStage, NextTryAt = null };

    private static string StageOf(DunningState state) => state switch
    {
        { Ended: true } => EndedStage,
        { Open: not null } => "trying",
        { Mode: DunningMode.AwaitingCard } => "awaitingCard",
        { Mode: DunningMode.AwaitingAuthentication } => "awaitingAuthentication",
        _ => "retrying",
    };
}
