using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Repeats what the bus could not be reached for, as a client's retry options say. Like the original's, a repeated send can be
/// a duplicate.
/// </summary>
internal sealed class RetryingBus(IBus inner, ServiceBusRetryOptions options) : IBus, IBusSessions
{
    public TimeProvider Clock => inner.Clock;

    public TimeProvider Machine => inner.Machine;

    public string Name => inner.Name;

    public IBusAdministration Administration => inner.Administration;

    public IBusSessions Sessions => this;

    public Task<Entity> EntityAsync(EntityAddress address, CancellationToken cancellationToken) =>
        Retry(() => inner.EntityAsync(address, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<IReadOnlyList<long>>> ApplyAsync(IReadOnlyList<BusCommand> commands, CancellationToken cancellationToken) =>
        Retry(() => inner.ApplyAsync(commands, cancellationToken), cancellationToken);

    public Task CheckAsync(SettleCommand command, CancellationToken cancellationToken) =>
        Retry(() => inner.CheckAsync(command, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Delivery>> ReceiveAsync(ReceiveRequest request, CancellationToken cancellationToken) =>
        Retry(() => inner.ReceiveAsync(request, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Delivery>> ReceiveDeferredAsync(
        ReceiveRequest request, IReadOnlyList<long> sequences, CancellationToken cancellationToken) =>
        Retry(() => inner.ReceiveDeferredAsync(request, sequences, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Delivery>> PeekAsync(
        EntityAddress address, string? sessionId, long fromSequence, int max, CancellationToken cancellationToken) =>
        Retry(() => inner.PeekAsync(address, sessionId, fromSequence, max, cancellationToken), cancellationToken);

    public Task<DateTimeOffset> RenewAsync(EntityAddress address, long sequence, Guid lockToken, CancellationToken cancellationToken) =>
        Retry(() => inner.RenewAsync(address, sequence, lockToken, cancellationToken), cancellationToken);

    public Task<IAsyncDisposable> ListenAsync(EntityAddress address, string? sessionId, CancellationToken cancellationToken) =>
        Retry(() => inner.ListenAsync(address, sessionId, cancellationToken), cancellationToken);

    public Task<Sleep> FallAsleepAsync(EntityAddress address, bool takes, CancellationToken cancellationToken) =>
        Retry(() => inner.FallAsleepAsync(address, takes, cancellationToken), cancellationToken);

    public ValueTask<IHandOver?> AwaitAsync(ReceiveRequest request, CancellationToken cancellationToken) => inner.AwaitAsync(request, cancellationToken);

    Task<bool> IBusSessions.RequireAsync(EntityAddress address, CancellationToken cancellationToken) =>
        Retry(() => inner.Sessions.RequireAsync(address, cancellationToken), cancellationToken);

    Task<SessionLock?> IBusSessions.AcceptAsync(EntityAddress address, string? sessionId, CancellationToken cancellationToken) =>
        Retry(() => inner.Sessions.AcceptAsync(address, sessionId, cancellationToken), cancellationToken);

    Task<SessionLock> IBusSessions.RenewAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken) =>
        Retry(() => inner.Sessions.RenewAsync(address, session, cancellationToken), cancellationToken);

    Task IBusSessions.ReleaseAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken) =>
        Retry(() => inner.Sessions.ReleaseAsync(address, session, cancellationToken), cancellationToken);

    Task<byte[]?> IBusSessions.GetStateAsync(EntityAddress address, SessionLock session, CancellationToken cancellationToken) =>
        Retry(() => inner.Sessions.GetStateAsync(address, session, cancellationToken), cancellationToken);

    Task IBusSessions.SetStateAsync(EntityAddress address, SessionLock session, byte[]? state, CancellationToken cancellationToken) =>
        Retry(() => inner.Sessions.SetStateAsync(address, session, state, cancellationToken), cancellationToken);

    Task<IReadOnlyList<string>> IBusSessions.ListAsync(
        EntityAddress address, DateTimeOffset? stateUpdatedAfter, CancellationToken cancellationToken) =>
        Retry(() => inner.Sessions.ListAsync(address, stateUpdatedAfter, cancellationToken), cancellationToken);

    /// <summary>Runs an operation up to 1 + <see cref="ServiceBusRetryOptions.MaxRetries"/> times.</summary>
    public static async Task<T> RetryAsync<T>(ServiceBusRetryOptions options, Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? delay;
            try
            {
                return await operation();
            }
            catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.ServiceCommunicationProblem)
            {
                delay = DelayAfter(options, e, attempt);
                if (delay is null)
                {
                    throw;
                }
            }

            await Task.Delay(delay.Value, cancellationToken);
        }
    }

    private Task<T> Retry<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => RetryAsync(options, operation, cancellationToken);

    private Task Retry(Func<Task> operation, CancellationToken cancellationToken) => Retry(
        async () =>
        {
            await operation();
            return true;
        },
        cancellationToken);

    /// <summary>Null: no further try.</summary>
    private static TimeSpan? DelayAfter(ServiceBusRetryOptions options, Exception error, int attempt)
    {
        if (options.CustomRetryPolicy is { } policy)
        {
            return policy.CalculateRetryDelay(error, attempt);
        }

        if (attempt > options.MaxRetries)
        {
            return null;
        }

        var delay = options.Mode == ServiceBusRetryMode.Fixed ? options.Delay : options.Delay * Math.Pow(2, attempt - 1);
        return delay < options.MaxDelay ? delay : options.MaxDelay;
    }
}
