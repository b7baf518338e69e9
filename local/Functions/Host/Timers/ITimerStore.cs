namespace ToolboxAI.Local.Functions;

/// <summary>A timer's status as it is kept. Times are of the moved clock.</summary>
/// <param name="Last">When the last run was; null before the first.</param>
/// <param name="Next">When the next run is due; null when the schedule has no further run.</param>
/// <param name="LastUpdated">When this was written.</param>
internal sealed record TimerStatus(DateTimeOffset? Last, DateTimeOffset? Next, DateTimeOffset LastUpdated);

/// <summary>What a timer says of itself to the others.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Hourly">Whether its runs are an hour or more apart: an advance of the clock stops at each of them.</param>
internal sealed record TimerDeclaration(string Name, bool Hourly);

/// <summary>Keeps the status of timers and sees to it that one process at a time runs each.</summary>
internal interface ITimerStore
{
    /// <summary>Says that this process can run these timers.</summary>
    Task DeclareAsync(IReadOnlyList<TimerDeclaration> timers, CancellationToken cancellationToken);

    /// <summary>Makes this process the one that runs the timer, unless another one is. Also tells whether it still is.</summary>
    Task<bool> AcquireAsync(string name, CancellationToken cancellationToken);

    /// <summary>The status; null when there is none.</summary>
    Task<TimerStatus?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Marks the timer as running, which keeps an advance of the clock waiting. False when another process took it over.</summary>
    Task<bool> BeginAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes the status and takes the mark away.</summary>
    Task WriteAsync(string name, TimerStatus status, CancellationToken cancellationToken);

    /// <summary>Keeps the timers of this process its own.</summary>
    Task RenewAsync(CancellationToken cancellationToken);

    /// <summary>Leaves all timers to others.</summary>
    Task ReleaseAsync(CancellationToken cancellationToken);
}

/// <summary>Without an installation: one process, nothing kept.</summary>
internal sealed class MemoryTimerStore : ITimerStore
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, TimerStatus> statuses = new();

    public Task DeclareAsync(IReadOnlyList<TimerDeclaration> timers, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> AcquireAsync(string name, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<TimerStatus?> ReadAsync(string name, CancellationToken cancellationToken) => Task.FromResult(statuses.GetValueOrDefault(name));

    public Task<bool> BeginAsync(string name, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task WriteAsync(string name, TimerStatus status, CancellationToken cancellationToken)
    {
        statuses[name] = status;
        return Task.CompletedTask;
    }

    public Task RenewAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReleaseAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
