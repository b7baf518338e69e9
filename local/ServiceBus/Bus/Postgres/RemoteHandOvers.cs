using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// Messages that senders of other processes locked for this one, because it slept. Each goes to a receiver that waits; when all have gone
/// meanwhile, it goes back to the queue as if it had never been locked.
/// </summary>
internal sealed class RemoteHandOvers
{
    private const string Handed =
        $"SELECT {PostgresRows.Columns} FROM servicebus.messages WHERE entity_id = $1 AND NOT dead AND sequence = $2 AND state = 1 AND locked_by = $3";

    private readonly PostgresConnection connection;
    private readonly HandOvers handOvers;
    private readonly ReceiveHints hints;

    public RemoteHandOvers(PostgresConnection connection, HandOvers handOvers, ReceiveHints hints)
    {
        (this.connection, this.handOvers, this.hints) = (connection, handOvers, hints);
        connection.Hub.Handed += (entityId, sequence, told) => _ = TakeAsync(entityId, sequence, told);
    }

    private async Task TakeAsync(int entityId, long sequence, Delivery? told)
    {
        var receiver = handOvers.ClaimLocking(entityId);
        IReadOnlyList<Delivery> handed = [];
        try
        {
            handed = receiver is null ? await BackAsync(entityId, sequence)
                : told is null ? await ReadAsync(receiver, entityId, sequence)
                : [told];
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.ServiceCommunicationProblem)
        {
            // The server is gone, and who waits hears of it by himself. The message comes again when its lock ends.
        }
        finally
        {
            receiver?.Give(handed);

            // Others that slept look for themselves: for them nobody would wake this process once more.
            connection.Hub.Wake(entityId);
        }
    }

    private Task<IReadOnlyList<Delivery>> ReadAsync(HandOvers.Waiting receiver, int entityId, long sequence) => connection.QueryAsync(
        receiver.Request.Address, Handed, row => PostgresRows.Delivery(row), CancellationToken.None, entityId, sequence, connection.ProcessId);

    private async Task<IReadOnlyList<Delivery>> BackAsync(int entityId, long sequence)
    {
        await connection.ScalarAsync<object>(
            new($"entity {entityId}"), "SELECT servicebus.hand_back($1, $2, $3)", CancellationToken.None, entityId, connection.ProcessId, sequence);
        hints.Forget(entityId);
        return [];
    }
}
