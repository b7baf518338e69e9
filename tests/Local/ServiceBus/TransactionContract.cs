using System.Transactions;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>What transactions promise, on every bus.</summary>
public abstract class TransactionContract(BusFixture bus) : BusContract(bus)
{
    [Fact]
    public async Task What_a_transaction_did_shows_when_it_commits()
    {
        await SendAsync(Name, "first");
        var receiver = Client.CreateReceiver(Name);
        var message = (await receiver.ReceiveMessageAsync(Soon))!;
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await receiver.CompleteMessageAsync(message);
            await SendAsync(Name, "second");
            using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
            {
                Assert.Equal(["first"], Bodies(await Client.CreateReceiver(Name).PeekMessagesAsync(9)));
            }

            scope.Complete();
        }

        Assert.Equal(["second"], Bodies(await Client.CreateReceiver(Name).PeekMessagesAsync(9)));
    }

    [Fact]
    public async Task What_an_abandoned_transaction_did_never_happened()
    {
        await SendAsync(Name, "first");
        var receiver = Client.CreateReceiver(Name);
        var message = (await receiver.ReceiveMessageAsync(Soon))!;
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await receiver.CompleteMessageAsync(message);
            await SendAsync(Name, "second");
        }

        Assert.Equal(["first"], Bodies(await Client.CreateReceiver(Name).PeekMessagesAsync(9)));
        await receiver.CompleteMessageAsync(message);
    }

    [Fact]
    public async Task A_lock_that_is_lost_at_the_commit_undoes_the_whole_transaction()
    {
        await SendAsync(Name, "first");
        var receiver = Client.CreateReceiver(Name);
        var message = (await receiver.ReceiveMessageAsync(Soon))!;
        var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
        await SendAsync(Name, "second");
        await receiver.CompleteMessageAsync(message);
        using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
        {
            await receiver.AbandonMessageAsync(message);
        }

        scope.Complete();
        var error = Assert.Throws<TransactionAbortedException>(scope.Dispose);
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, Assert.IsType<ServiceBusException>(error.InnerException).Reason);
        Assert.Equal(["first"], Bodies(await Client.CreateReceiver(Name).PeekMessagesAsync(9)));
    }

    [Fact]
    public async Task A_transaction_spans_several_entities_only_for_a_client_that_allows_it()
    {
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await SendAsync(Name, "1");
            await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(Name + "-other", "2"));
        }

        await using var wide = Bus.Client(new ServiceBusClientOptions { EnableCrossEntityTransactions = true });
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await wide.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("1"));
            await wide.CreateSender(Name + "-other").SendMessageAsync(new ServiceBusMessage("2"));
            scope.Complete();
        }

        Assert.Equal(["1"], Bodies(await Client.CreateReceiver(Name).PeekMessagesAsync(9)));
        Assert.Equal(["2"], Bodies(await Client.CreateReceiver(Name + "-other").PeekMessagesAsync(9)));
    }
}

public sealed class PostgresTransactions(PostgresBusFixture bus) : TransactionContract(bus), IClassFixture<PostgresBusFixture>;

public sealed class MemoryTransactions(MemoryBusFixture bus) : TransactionContract(bus), IClassFixture<MemoryBusFixture>;
