using ToolboxAI.Local.ServiceBus;

namespace Azure.Messaging.ServiceBus;

public partial class ServiceBusSessionProcessor
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(1);

    /// <summary>One worker per named session, or as many as sessions may be held; more or fewer when that changes.</summary>
    private async Task WorkAsync(CancellationToken stop)
    {
        var workers = new HashSet<Task>();
        foreach (var sessionId in options.SessionIds)
        {
            workers.Add(RepeatAsync(sessionId, stop));
        }

        while (options.SessionIds.Count == 0 && !stop.IsCancellationRequested)
        {
            workers.RemoveWhere(worker => worker.IsCompleted);
            while (workers.Count < maxConcurrentSessions)
            {
                workers.Add(OneSessionAsync(null, stop));
            }

            await Task.WhenAny(workers);
        }

        await Task.WhenAll(workers);
    }

    private async Task RepeatAsync(string sessionId, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await OneSessionAsync(sessionId, stop);
        }
    }

    /// <summary>Takes one session and processes it to its end.</summary>
    private async Task OneSessionAsync(string? sessionId, CancellationToken stop)
    {
        ServiceBusSessionReceiver receiver;
        try
        {
            var receiverOptions = new ServiceBusSessionReceiverOptions { ReceiveMode = options.ReceiveMode, Identifier = Identifier };
            receiver = await ServiceBusSessionReceiver.AcceptAsync(client, address, sessionId, receiverOptions, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.ServiceTimeout)
        {
            // No session has messages: the next round waits again.
            return;
        }
        catch (Exception e)
        {
            await ReportAsync(e, ServiceBusErrorSource.AcceptSession, stop);
            await Task.Delay(PauseAfterError, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        await ProcessAsync(receiver, stop);
    }

    private async Task ProcessAsync(ServiceBusSessionReceiver receiver, CancellationToken stop)
    {
        MessagePump? pump = null;
        pump = new MessagePump(receiver, () => maxConcurrentCallsPerSession, message => HandleAsync(receiver, pump!, message, stop));
        var idle = options.SessionIdleTimeout ?? client.Options.RetryOptions.TryTimeout;
        var session = new ProcessSessionEventArgs(receiver, Identifier, stop);
        await SafelyAsync(() => OnSessionInitializingAsync(session), ServiceBusErrorSource.AcceptSession, stop);
        pump.IsEnding = session.IsReleased;
        await LockRenewal.DuringAsync(
            () => pump.RunAsync(idle, e => LostAsync(e, stop), stop),
            () => receiver.SessionLockedUntil,
            receiver.RenewSessionLockAsync,
            e => ReportAsync(e, ServiceBusErrorSource.RenewLock, stop),
            options.MaxAutoLockRenewalDuration);
        await SafelyAsync(() => OnSessionClosingAsync(session), ServiceBusErrorSource.CloseSession, stop);
        await SafelyAsync(() => receiver.CloseAsync(CancellationToken.None), ServiceBusErrorSource.CloseSession, stop);
    }

    private async Task HandleAsync(ServiceBusSessionReceiver receiver, MessagePump pump, ServiceBusReceivedMessage message, CancellationToken stop)
    {
        var args = new ProcessSessionMessageEventArgs(message, receiver, Identifier, stop);
        using var activity = BusTracing.StartProcessing("ServiceBusSessionProcessor", "ProcessSessionMessage", EntityPath, message);
        await HandledMessage.RunAsync(
            receiver,
            () => args.Messages,
            async () =>
            {
                await OnProcessSessionMessageAsync(args);
                pump.IsEnding |= args.IsReleased;
            },
            AutoCompleteMessages,
            async (e, source) =>
            {
                if (e is ServiceBusException { Reason: ServiceBusFailureReason.SessionLockLost })
                {
                    await args.OnSessionLockLostAsync(new SessionLockLostEventArgs(message, receiver.SessionLockedUntil, e));
                }

                await ReportAsync(e, source, stop);
            },
            stop);
    }

    /// <summary>A failing receive: without the session's lock there is no going on.</summary>
    private async Task<bool> LostAsync(Exception error, CancellationToken stop)
    {
        await ReportAsync(error, ServiceBusErrorSource.Receive, stop);
        return error is not ServiceBusException { Reason: ServiceBusFailureReason.SessionLockLost };
    }

    private async Task SafelyAsync(Func<Task> step, ServiceBusErrorSource source, CancellationToken stop)
    {
        try
        {
            await step();
        }
        catch (Exception e)
        {
            await ReportAsync(e, source, stop);
        }
    }

    private Task ReportAsync(Exception error, ServiceBusErrorSource source, CancellationToken stop) => HandledMessage.IgnoreAsync(() =>
        OnProcessErrorAsync(new ProcessErrorEventArgs(error, source, FullyQualifiedNamespace, EntityPath, Identifier, stop)));
}
