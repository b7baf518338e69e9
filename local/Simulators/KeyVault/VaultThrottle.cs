using System.Diagnostics;

namespace ToolboxAI.Local.Simulators.KeyVault;

/// <summary>The service's limit of transactions: so many in a window of machine time; those that it refuses do not count.</summary>
internal sealed class VaultThrottle(int most, TimeSpan window)
{
    private readonly Lock gate = new();
    private long began;
    private int taken;

    /// <summary>Takes a turn, or says how long there is none.</summary>
    public TimeSpan? TryTake()
    {
        lock (gate)
        {
            var now = Stopwatch.GetTimestamp();
            if (began == 0 || Stopwatch.GetElapsedTime(began, now) >= window)
            {
                began = now;
                taken = 0;
            }

            if (taken >= most)
            {
                return window - Stopwatch.GetElapsedTime(began, now);
            }

            taken++;
            return null;
        }
    }
}
