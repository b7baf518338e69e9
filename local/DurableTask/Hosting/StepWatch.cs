using System.Threading.Channels;
using ToolboxAI.Local.DurableTask.Stores;

namespace ToolboxAI.Local.DurableTask.Hosting;

/// <summary>Hears of each step of one instance that a worker of this process makes, and misses none.</summary>
internal sealed class StepWatch(HubNews news, string instanceId) : IDisposable
{
    private readonly Channel<Instance> steps = Channel.CreateUnbounded<Instance>();

    public string InstanceId => instanceId;

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

    public void Tell(Instance after) => steps.Writer.TryWrite(after);

    public void Dispose() => news.Forget(this);
}
