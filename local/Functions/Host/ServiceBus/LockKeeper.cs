using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.Functions;

/// <summary>Renews the locks of the messages that functions are working on, for as long as the options allow. Locks are on the machine's clock.</summary>
internal sealed class LockKeeper(ServiceBusReceiver receiver, TimeSpan longest)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ServiceBusReceivedMessage, (DateTimeOffset Renew, DateTimeOffset Until)> held = new();

    public void Hold(ServiceBusReceivedMessage message)
    {
        var now = TimeProvider.System.GetUtcNow();
        held[message] = (HalfWay(now, message), now + longest);
    }

    public void Let(ServiceBusReceivedMessage message) => held.TryRemove(message, out _);

    public async Task RunAsync(CancellationToken stopped)
    {
        while (longest > TimeSpan.Zero && !stopped.IsCancellationRequested)
        {
            await Task.Delay(Tick, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = TimeProvider.System.GetUtcNow();
            foreach (var (message, times) in held)
            {
                if (times.Renew <= now && now < times.Until)
                {
                    await RenewAsync(message, times.Until).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task RenewAsync(ServiceBusReceivedMessage message, DateTimeOffset until)
    {
        try
        {
            await receiver.RenewMessageLockAsync(message).ConfigureAwait(false);
            held.TryUpdate(message, (HalfWay(TimeProvider.System.GetUtcNow(), message), until), held.GetValueOrDefault(message));
        }
        catch (ServiceBusException)
        {
            // Settled meanwhile, or lost: settling it will tell.
            held.TryRemove(message, out _);
        }
    }

    private static DateTimeOffset HalfWay(DateTimeOffset now, ServiceBusReceivedMessage message) => now + ((message.LockedUntil - now) / 2);
}
