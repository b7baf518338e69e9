using System.Threading.Channels;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Hears of the steps of one instance that workers of this process make. Who is slow hears of the last one only.</summary>
internal sealed class StepWatch(HubNews news, string instanceId) : IDisposable
{
    private readonly Channel<Instance> steps = Channel.CreateBounded<Instance>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private bool begun;

    public string InstanceId => instanceId;

    /// <summary>
    /// The execution that it was there for when it was started, and of which it has missed nothing; <c>null</c> when it came later. What is
    /// told late of an earlier execution with the same instance id is not meant for it.
    /// </summary>
    public string? From { get; init; }

    /// <summary>The instance after its next step; <c>null</c> when none was made in time.</summary>
    public async Task<Instance?> NextAsync(TimeSpan limit, CancellationToken cancellation)
    {
        if (steps.Reader.TryRead(out var made))
        {
            return made;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(steps.Reader.WaitToReadAsync(stop.Token).AsTask(), Task.Delay(limit, stop.Token)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return steps.Reader.TryRead(out made) ? made : null;
    }

    /// <summary>Tells of a step; by one at a time.</summary>
    public void Tell(Instance after)
    {
        begun |= From is null || after.ExecutionId == From;
        if (begun)
        {
            steps.Writer.TryWrite(after);
        }
    }

    public void Dispose() => news.Forget(this);
}
