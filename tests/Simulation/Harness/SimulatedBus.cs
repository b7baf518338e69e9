using Azure.Messaging.ServiceBus;
using ToolboxAI.Local.ServiceBus;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Tests.Simulation.Harness;

/// <summary>
/// The local Service Bus in memory, with the product's own way to it, and its faults: sends that fail, messages that come late,
/// twice, or to two processes at once. Which message is delivered next, and to whom, is the scheduler's choice; a dead process's
/// locks last until they run out.
/// </summary>
public sealed class SimulatedBus : IMessageBus, ISource, IAsyncDisposable
{
    /// <summary>From this delivery on a message is left in peace: what is delivered too often is dead-lettered, rightly.</summary>
    private const int DeliveriesWithFaults = 5;
    private static int lastName;
    private readonly SimulatedWorld simulation;
    private readonly Scheduler scheduler;
    private readonly ServiceBusMessageBus product;
    private readonly List<Consumer> consumers = [];
    private (string Path, long Sequence) wanted;

    /// <summary>Opens an empty bus on the simulation's clock.</summary>
    public SimulatedBus(SimulatedWorld simulation)
    {
        this.simulation = simulation;
        scheduler = simulation.Scheduler;
        Bus = InMemoryBus.Create($"simulation-{Interlocked.Increment(ref lastName)}", simulation.Clock);
        Bus.DeliverBy((path, messages) => path == wanted.Path ? messages.ToList().FindIndex(message => message.SequenceNumber == wanted.Sequence) : 0);
        Client = new ServiceBusClient(Bus.ConnectionString);
        product = new ServiceBusMessageBus(Client);
    }

    /// <summary>The local bus.</summary>
    public InMemoryBus Bus { get; }

    /// <summary>A client of it.</summary>
    public ServiceBusClient Client { get; }

    /// <summary>How many sends failed.</summary>
    public int Failures { get; private set; }

    /// <summary>What is not settled yet.</summary>
    public int Count => consumers.Sum(consumer => Bus.Available(consumer.Path).Count + Bus.Locked(consumer.Path).Count) + (Bus.NextDue() is null ? 0 : 1);

    /// <inheritdoc/>
    public DateTimeOffset? NextDue
    {
        get
        {
            var next = Bus.NextDue();
            foreach (var consumer in consumers)
            {
                foreach (var held in Bus.Locked(consumer.Path))
                {
                    next = next < held.LockedUntil ? next : held.LockedUntil;
                }
            }

            return next;
        }
    }

    /// <summary>The dead letters of a queue or subscription.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> DeadLetters(string path) => Bus.Available(path + "/$DeadLetterQueue");

    /// <summary>An operator sends the dead letters again: what a storm killed ten times is nobody's bug, what dies in the calm is.</summary>
    public async Task Resubmit(string path)
    {
        await using var receiver = Client.CreateReceiver(path, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        await using var sender = Client.CreateSender(path);
        while (await InMemoryBus.TryReceiveAsync(receiver) is { } letter)
        {
            scheduler.Say($"sent again: {letter.Body}");
            await sender.SendMessageAsync(new ServiceBusMessage(letter));
            await receiver.CompleteMessageAsync(letter);
        }
    }

    /// <summary>Lets the processes handle a queue's (or subscription's) messages.</summary>
    public void Consume(string path, Func<SimulatedProcess, ServiceBusReceivedMessage, Task> handle) =>
        consumers.Add(new(path, Client.CreateReceiver(path), handle));

    /// <inheritdoc/>
    public async Task Send(OutboxMessage message, CancellationToken ct)
    {
        await scheduler.Yield($"send to {message.Queue}");
        var faults = scheduler.Faults;
        var fails = scheduler.Chance(faults.SendsFail);
        if (!fails || scheduler.Chance(0.5))
        {
            if (scheduler.Chance(faults.Delays))
            {
                message = message with { NotBefore = (message.NotBefore ?? scheduler.Clock.Now) + scheduler.Between(TimeSpan.Zero, FaultPlan.LongestDelay) };
            }

            await product.Send(message, ct);
            if (scheduler.Chance(faults.Duplicates))
            {
                await product.Send(message, ct);
            }
        }

        if (fails)
        {
            Failures++;
            throw new IOException("The bus did not answer.");
        }
    }

    /// <inheritdoc/>
    public void AddChoices(List<Choice> choices)
    {
        foreach (var consumer in consumers)
        {
            ExpireLocks(consumer.Path);
            foreach (var message in Bus.Available(consumer.Path))
            {
                choices.Add(new(new Delivery(consumer, message), static of => $"delivers {of}", of => Deliver((Delivery)of)));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Bus.Dispose();
    }

    private void ExpireLocks(string path)
    {
        if (scheduler.Faults.LocksExpire == 0)
        {
            return;
        }

        foreach (var held in Bus.Locked(path))
        {
            if (held.DeliveryCount < DeliveriesWithFaults && scheduler.Chance(scheduler.Faults.LocksExpire))
            {
                scheduler.Say($"the lock of message {held.SequenceNumber} expires");
                Bus.ExpireLocks(path, held.SequenceNumber);
            }
        }
    }

    private async Task Deliver(Delivery delivery)
    {
        var (consumer, sequence) = (delivery.To, delivery.Of.SequenceNumber);
        wanted = (consumer.Path, sequence);
        var message = await InMemoryBus.TryReceiveAsync(consumer.Receiver)
            ?? throw new InvalidOperationException($"Message {sequence} was available and could not be received.");
        wanted = default;
        var process = simulation.AnyProcess();
        await process.Begin($"{consumer.Path} {message.SequenceNumber}", () => consumer.Handle(process, message), error => Settle(consumer, message, error));
    }

    private void Settle(Consumer consumer, ServiceBusReceivedMessage message, Exception? error)
    {
        if (error is null && message.DeliveryCount < DeliveriesWithFaults && scheduler.Chance(scheduler.Faults.Duplicates))
        {
            Bus.ExpireLocks(consumer.Path, message.SequenceNumber);
            return;
        }

        try
        {
            // The bus in memory ends each call before it returns.
            (error is null ? consumer.Receiver.CompleteMessageAsync(message) : consumer.Receiver.AbandonMessageAsync(message)).GetAwaiter().GetResult();
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageLockLost)
        {
            scheduler.Say($"the lock of message {message.SequenceNumber} was lost");
        }
    }

    private sealed record Consumer(string Path, ServiceBusReceiver Receiver, Func<SimulatedProcess, ServiceBusReceivedMessage, Task> Handle);

    private sealed record Delivery(Consumer To, ServiceBusReceivedMessage Of)
    {
        public override string ToString() => $"{To.Path} {Of.SequenceNumber} {Of.Body}";
    }
}
