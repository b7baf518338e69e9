using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Functions;

/// <summary>The clock that schedules go by: the injected one, and when it is the moved clock its advances end a wait.</summary>
internal sealed class LocalClock(TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    public Task WaitUntilAsync(DateTimeOffset due, CancellationToken cancellationToken) =>
        time is MovedTimeProvider moved ? moved.WaitUntilAsync(due, cancellationToken) : WaitAsync(due, cancellationToken);

    private async Task WaitAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        while (due - Now is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
