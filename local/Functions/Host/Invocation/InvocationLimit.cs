using System.Diagnostics;

namespace ToolboxAI.Local.Functions;

/// <summary>An invocation ran longer than <c>functionTimeout</c> of host.json allows.</summary>
public sealed class FunctionTimeoutException(string message) : TimeoutException(message);

/// <summary>
/// The time that one invocation may take. When it is over, the function sees its cancellation; one that then doesn't end is left behind.
/// The real host ends the worker's process in that case, and with it whatever else runs there.
/// </summary>
internal sealed class InvocationLimit : IDisposable
{
    /// <summary>How long a function may take to notice that its time is over.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationToken caller;
    private readonly CancellationTokenSource? either;
    private readonly TimeSpan? longest;

    public InvocationLimit(TimeSpan? longest, CancellationToken cancellationToken)
    {
        this.longest = longest;
        caller = cancellationToken;
        if (longest is { } limit)
        {
            either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            either.CancelAfter(limit);
        }
    }

    /// <summary>What the function sees: the caller's cancellation, or that its time is over.</summary>
    public CancellationToken Token => either?.Token ?? caller;

    /// <summary>Waits for the invocation; when it is left behind, its task is not completed yet.</summary>
    /// <exception cref="FunctionTimeoutException">Its time was over before it ended.</exception>
    public Task WatchAsync(Task invocation, InvocationContext context) =>
        longest is { } limit && !invocation.IsCompleted ? WatchAsync(invocation, limit, context) : invocation;

    private async Task WatchAsync(Task invocation, TimeSpan limit, InvocationContext context)
    {
        // Until it ends or is told to; only who was told to is waited for by a timer of its own.
        var started = Stopwatch.GetTimestamp();
        await invocation.WaitAsync(Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!invocation.IsCompleted)
        {
            var left = limit + Grace - Stopwatch.GetElapsedTime(started);
            await invocation.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (Token.IsCancellationRequested && (!caller.IsCancellationRequested || Stopwatch.GetElapsedTime(started) >= limit))
        {
            throw new FunctionTimeoutException(
                $"Timeout value of {limit} was exceeded by function 'Functions.{context.Function.Name}' (Id={context.InvocationId}).");
        }

        await invocation.ConfigureAwait(false);
    }

    public void Dispose() => either?.Dispose();
}
