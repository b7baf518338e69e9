using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Simulators;

/// <summary>What a simulator gets from its host: the installation, its transactions and the faults.</summary>
public sealed class SimulatorContext : IAsyncDisposable
{
    // A few connections of its own: a flood of requests must not take those that applications need.
    private const int Connections = 12;
    private const int PreparedStatements = 50;
    private static readonly TimeSpan ConnectionPatience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Wakeup> wakeups = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new();

    internal SimulatorContext(InstallationSession session, ILoggerFactory loggers)
    {
        Session = session;
        Loggers = loggers;
        Database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(session.ConnectionString)
        {
            MaxPoolSize = Connections,
            NoResetOnClose = true,        // no statement leaves anything behind in its session
            MaxAutoPrepare = PreparedStatements,
            AutoPrepareMinUsages = 2,
            Timeout = (int)ConnectionPatience.TotalSeconds,
        });
        Faults = new(Database);
    }

    /// <summary>The installation's database, over the simulators' own connections.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>The installation: its database and its moved clock.</summary>
    public InstallationSession Session { get; }

    /// <summary>Where simulators log.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>The faults that were asked for.</summary>
    public Faults Faults { get; }

    /// <summary>Begins a change of a service's state; the changes of one service wait for each other.</summary>
    public Task<SimulatorTransaction> BeginAsync(string service, CancellationToken cancellationToken) =>
        SimulatorTransaction.BeginAsync(this, service, cancellationToken);

    /// <summary>Begins a look at a service's state that changes nothing and waits for nobody: no transaction, and not to be committed.</summary>
    public Task<SimulatorTransaction> BeginReadAsync(string service, CancellationToken cancellationToken) =>
        SimulatorTransaction.LookAsync(this, service, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();

    /// <summary>Whose turn it is to change a service's state; waiting here costs no connection.</summary>
    internal SemaphoreSlim TurnOf(string service) => turns.GetOrAdd(service, static _ => new(1));

    internal void Wake(string service) => WakeupOf(service).Signal();

    internal Wakeup WakeupOf(string service) => wakeups.GetOrAdd(service, static _ => new());

    /// <summary>Tells waiting loops that something was committed. A task taken before a look misses nothing.</summary>
    internal sealed class Wakeup
    {
        private TaskCompletionSource next = New();

        public Task Next => Volatile.Read(ref next).Task;

        public void Signal() => Interlocked.Exchange(ref next, New()).TrySetResult();

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
