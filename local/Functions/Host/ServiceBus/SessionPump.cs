using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.Functions;

/// <summary>Holds one session at a time and takes its messages in order. A trigger has <see cref="ServiceBusOptions.MaxConcurrentSessions"/> of these.</summary>
internal sealed class SessionPump(MessageSource source, MessageHandler handler) : IMessagePump
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        while (true)
        {
            if (await NextAsync(stopping).ConfigureAwait(false) is not { } session)
            {
                continue;
            }

            await using (session.ConfigureAwait(false))
            {
                using var done = new CancellationTokenSource();
                var renewing = RenewAsync(session, done.Token);
                try
                {
                    await ServeAsync(session, stopping, aborting).ConfigureAwait(false);
                }
                finally
                {
                    await done.CancelAsync().ConfigureAwait(false);
                    await renewing.ConfigureAwait(false);
                }
            }
        }
    }

    private async Task<ServiceBusSessionReceiver?> NextAsync(CancellationToken stopping)
    {
        try
        {
            return await source.AcceptNextSessionAsync(stopping).ConfigureAwait(false);
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.ServiceTimeout)
        {
            return null;
        }
    }

    private async Task ServeAsync(ServiceBusSessionReceiver session, CancellationToken stopping, CancellationToken aborting)
    {
        var options = source.Options;
        var atOnce = source.IsBatched ? options.MaxMessageBatchSize : options.MaxConcurrentCallsPerSession;
        while (true)
        {
            var messages = await session.ReceiveMessagesAsync(atOnce, options.SessionIdleTimeout, stopping).ConfigureAwait(false);
            if (messages.Count == 0)
            {
                return;
            }

            MessageSettlement[] settled = source.IsBatched
                ? [await handler.HandleAsync(session, messages, aborting).ConfigureAwait(false)]
                : await Task.WhenAll(messages.Select(message => handler.HandleAsync(session, message, aborting))).ConfigureAwait(false);
            if (Array.Exists(settled, one => one.ReleaseSession))
            {
                return;
            }
        }
    }

    private static async Task RenewAsync(ServiceBusSessionReceiver session, CancellationToken done)
    {
        var whole = session.SessionLockedUntil - TimeProvider.System.GetUtcNow();
        while (!done.IsCancellationRequested)
        {
            await Task.Delay(Tick, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!done.IsCancellationRequested && session.SessionLockedUntil - TimeProvider.System.GetUtcNow() < whole / 2)
            {
                try
                {
                    await session.RenewSessionLockAsync(CancellationToken.None).ConfigureAwait(false);
                }
                catch (ServiceBusException)
                {
                    // The session is lost: the next receive or settlement says so.
                    return;
                }
            }
        }
    }
}
