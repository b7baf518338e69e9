using Microsoft.Extensions.Logging;

namespace ToolboxAI.Local.Simulators;

/// <summary>Does a service's scheduled actions in the order in which they are due on the moved clock, each in one transaction.</summary>
internal sealed partial class ScheduleRunner(SimulatorContext context, ISimulator simulator)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);
    private readonly ILogger logger = context.Loggers.CreateLogger<ScheduleRunner>();

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var wakeup = context.WakeupOf(simulator.Service).Next;
                var moved = context.Session.Clock.NextMove();
                if (await RunNextAsync(stopping))
                {
                    continue;
                }

                await Runners.WaitAsync(context, await NextDueAsync(stopping), wakeup, moved, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The transaction is rolled back, so the action is still due: it is tried again until it works.
                LogFailed(e, simulator.Service);
                await Task.Delay(AfterFailure, CancellationToken.None);
            }
        }
    }

    private async Task<bool> RunNextAsync(CancellationToken cancellationToken)
    {
        if (await NextDueAsync(cancellationToken) is not { } due || due > await Runners.NowAsync(context, cancellationToken))
        {
            return false;
        }

        await using var transaction = await context.BeginAsync(simulator.Service, cancellationToken);
        if (await transaction.TakeDueAsync(cancellationToken) is not { } action)
        {
            return false;
        }

        await simulator.RunAsync(action, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        await using var command = context.Database.CreateCommand("SELECT min(due_at) FROM simulators.schedule WHERE service = $1");
        command.Parameters.Add(new() { Value = simulator.Service });
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime due ? new DateTimeOffset(due, TimeSpan.Zero) : null;
    }

    [LoggerMessage(9100, LogLevel.Error, "A scheduled action of the {Service} simulator failed; it is tried again")]
    private partial void LogFailed(Exception exception, string service);
}

/// <summary>How the loops of a simulator wait.</summary>
internal static class Runners
{
    public static async Task<DateTimeOffset> NowAsync(SimulatorContext context, CancellationToken cancellationToken)
    {
        await using var command = context.Database.CreateCommand("SELECT installation.now()");
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!, TimeSpan.Zero);
    }

    /// <summary>Waits until the moved clock shows <paramref name="due"/>, it is moved, or something was committed.</summary>
    public static async Task WaitAsync(SimulatorContext context, DateTimeOffset? due, Task wakeup, Task moved, CancellationToken stopping)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var until = due is { } moment ? context.Session.Clock.WaitUntilAsync(moment, done.Token) : Task.Delay(Timeout.Infinite, done.Token);
        await Task.WhenAny(wakeup, moved, until);
        await done.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }
}
