using System.Runtime.CompilerServices;
using System.Transactions;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>Runs the commands of senders and receivers: at once, or when the ambient transaction commits.</summary>
internal static class Commands
{
    private static readonly ConditionalWeakTable<Transaction, BusTransaction> Open = [];

    /// <summary>The result has the sequence numbers of each send; within a transaction they are not known yet and zero.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<long>>> RunAsync(
        IBus bus, BusCommand command, ServiceBusClient client, CancellationToken cancellationToken)
    {
        if (Transaction.Current is not { } ambient)
        {
            return await bus.ApplyAsync([command], cancellationToken);
        }

        var transaction = Open.GetValue(ambient, one => BusTransaction.Enlist(one, bus, client.Options.EnableCrossEntityTransactions));
        if (command is SettleCommand settle)
        {
            await bus.CheckAsync(settle, cancellationToken);
        }

        transaction.Add(bus, command);
        return [command is SendCommand send ? new long[send.Messages.Count] : []];
    }
}
