using Azure.Messaging.ServiceBus;
using ToolboxAI.Local.ServiceBus;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>What the owner of a bus in memory decides.</summary>
public sealed class InMemoryBusTests : IDisposable
{
    private readonly StoppedClock clock = new();
    private readonly InMemoryBus bus;
    private readonly ServiceBusClient client;

    public InMemoryBusTests()
    {
        bus = InMemoryBus.Create("stepped-" + Guid.NewGuid().ToString("N"), clock);
        client = new ServiceBusClient(bus.ConnectionString);
    }

    public void Dispose() => bus.Dispose();

    [Fact]
    public async Task Nothing_waits_when_a_step_finds_nothing()
    {
        Assert.Null(await InMemoryBus.TryReceiveAsync(client.CreateReceiver("q")));
    }

    [Fact]
    public async Task The_owner_chooses_which_message_is_delivered_next()
    {
        await client.CreateSender("q").SendMessagesAsync([new ServiceBusMessage("1"), new ServiceBusMessage("2"), new ServiceBusMessage("3")]);
        bus.DeliverBy((path, available) => available.Count - 1);
        var receiver = client.CreateReceiver("q");

        Assert.Equal("3", (await InMemoryBus.TryReceiveAsync(receiver))!.Body.ToString());
        Assert.Equal("2", (await InMemoryBus.TryReceiveAsync(receiver))!.Body.ToString());
    }

    [Fact]
    public async Task The_owner_ends_locks_and_doubles_messages()
    {
        await client.CreateSender("q").SendMessageAsync(new ServiceBusMessage("1") { MessageId = "m" });
        var receiver = client.CreateReceiver("q");
        var first = (await InMemoryBus.TryReceiveAsync(receiver))!;
        Assert.Single(bus.Locked("q"));
        bus.ExpireLocks("q");
        bus.Duplicate("q", first.SequenceNumber);

        Assert.Equal(["m", "m"], bus.Available("q").Select(message => message.MessageId));
        Assert.Equal(2, (await InMemoryBus.TryReceiveAsync(receiver))!.DeliveryCount);
        await Assert.ThrowsAsync<ServiceBusException>(() => receiver.CompleteMessageAsync(first));
    }

    [Fact]
    public async Task Time_stands_still_until_the_owner_moves_it()
    {
        var due = clock.GetUtcNow().AddDays(1);
        await client.CreateSender("q").ScheduleMessageAsync(new ServiceBusMessage("1"), due);
        Assert.Equal(due, bus.NextDue());
        Assert.Null(await InMemoryBus.TryReceiveAsync(client.CreateReceiver("q")));
        clock.Now = due;

        var message = (await InMemoryBus.TryReceiveAsync(client.CreateReceiver("q")))!;
        Assert.Equal(due, message.EnqueuedTime);
        Assert.Equal(due.AddMinutes(1), message.LockedUntil);
        Assert.Null(bus.NextDue());
    }

    [Fact]
    public async Task The_same_steps_give_the_same_ids()
    {
        Assert.Equal(await RunAsync(), await RunAsync());
    }

    private static async Task<string> RunAsync()
    {
        using var own = InMemoryBus.Create("same-" + Guid.NewGuid().ToString("N"), new StoppedClock());
        await using var user = new ServiceBusClient(own.ConnectionString);
        await user.CreateSender("q").SendMessagesAsync([new ServiceBusMessage("1"), new ServiceBusMessage("2")]);
        var receiver = user.CreateReceiver("q");
        var (one, two) = ((await InMemoryBus.TryReceiveAsync(receiver))!, (await InMemoryBus.TryReceiveAsync(receiver))!);
        return $"{one.MessageId} {one.LockToken} {two.MessageId} {two.LockToken}";
    }

    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
