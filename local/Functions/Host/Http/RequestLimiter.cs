namespace ToolboxAI.Local.Functions;

/// <summary>Keeps to <c>maxConcurrentRequests</c> and <c>maxOutstandingRequests</c> of host.json.</summary>
internal sealed class RequestLimiter(HostSettings host) : IDisposable
{
    private readonly SemaphoreSlim? places = host.MaxConcurrentRequests is { } most and > 0 ? new(most) : null;
    private readonly int? mostOutstanding = host.MaxOutstandingRequests is { } most and > 0 ? most : null;
    private int outstanding;

    /// <summary>Waits for a place. False when too many wait already.</summary>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref outstanding) > mostOutstanding)
        {
            Interlocked.Decrement(ref outstanding);
            return false;
        }

        if (places is null || places.Wait(0, CancellationToken.None))
        {
            return true;
        }

        try
        {
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref outstanding);
            throw;
        }
    }

    public void Leave()
    {
        Interlocked.Decrement(ref outstanding);
        places?.Release();
    }

    public void Dispose() => places?.Dispose();
}
