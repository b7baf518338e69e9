using System.Transactions;

namespace ToolboxAI.Local.ServiceBus;

/// <summary>
/// What senders and receivers do within a <see cref="TransactionScope"/>: kept until it commits, then applied together. Like the
/// original it spans one entity unless the client was made for more, and no other resource manager.
/// </summary>
internal sealed class BusTransaction : IPromotableSinglePhaseNotification
{
    private readonly Lock gate = new();
    private readonly List<BusCommand> commands = [];
    private readonly IBus bus;
    private readonly bool acrossEntities;

    private BusTransaction(IBus bus, bool acrossEntities)
    {
        this.bus = bus;
        this.acrossEntities = acrossEntities;
    }

    /// <exception cref="InvalidOperationException">Another resource manager takes part already.</exception>
    public static BusTransaction Enlist(Transaction ambient, IBus bus, bool acrossEntities)
    {
        var transaction = new BusTransaction(bus, acrossEntities);
        return ambient.EnlistPromotableSinglePhase(transaction)
            ? transaction
            : throw new InvalidOperationException("The bus cannot share a transaction with another resource manager.");
    }

    public void Add(IBus ofBus, BusCommand command)
    {
        lock (gate)
        {
            if (ofBus != bus || (!acrossEntities && commands.Count > 0 && commands[0].Address.Key != command.Address.Key))
            {
                throw new InvalidOperationException(
                    $"The transaction began with {(commands.Count > 0 ? commands[0].Address.Path : "another bus")}; it cannot span {command.Address.Path} too.");
            }

            commands.Add(command);
        }
    }

    public void Initialize()
    {
        // Nothing is held until the commit.
    }

    public byte[] Promote() => throw new TransactionPromotionException("The bus cannot share a transaction with another resource manager.");

    public void SinglePhaseCommit(SinglePhaseEnlistment singlePhaseEnlistment) => _ = Task.Run(async () =>
    {
        try
        {
            await bus.ApplyAsync(commands, CancellationToken.None);
            singlePhaseEnlistment.Committed();
        }
        catch (Exception e)
        {
            singlePhaseEnlistment.Aborted(e);
        }
    });

    public void Rollback(SinglePhaseEnlistment singlePhaseEnlistment) => singlePhaseEnlistment.Aborted();
}
