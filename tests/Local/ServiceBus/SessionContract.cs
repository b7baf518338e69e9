using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>What sessions promise, on every bus.</summary>
public abstract class SessionContract(BusFixture bus) : BusContract(bus)
{
    [Fact]
    public async Task A_session_s_messages_come_in_order_and_to_one_receiver_only()
    {
        await CreateAsync();
        await SendToAsync("a", "a1", "a2");
        await SendToAsync("b", "b1");
        await using var first = await Client.AcceptNextSessionAsync(Name);
        await using var second = await Client.AcceptNextSessionAsync(Name);

        Assert.Equal(("a", "b"), (first.SessionId, second.SessionId));
        Assert.Equal(["a1", "a2"], Bodies(await first.ReceiveMessagesAsync(9, Soon)));
        Assert.Equal(["b1"], Bodies(await second.ReceiveMessagesAsync(9, Soon)));
        var error = await Assert.ThrowsAsync<ServiceBusException>(() => Client.AcceptSessionAsync(Name, "a"));
        Assert.Equal(ServiceBusFailureReason.SessionCannotBeLocked, error.Reason);
    }

    [Fact]
    public async Task A_closed_session_can_be_taken_again_with_its_unsettled_messages_and_state()
    {
        await CreateAsync();
        await SendToAsync("a", "a1", "a2");
        var first = await Client.AcceptSessionAsync(Name, "a");
        var message = (await first.ReceiveMessageAsync(Soon))!;
        await first.CompleteMessageAsync(message);
        Assert.Equal("a2", (await first.ReceiveMessageAsync(Soon))!.Body.ToString());
        Assert.Null(await first.GetSessionStateAsync());
        await first.SetSessionStateAsync(BinaryData.FromString("step 1"));
        await first.CloseAsync();

        await using var again = await Client.AcceptNextSessionAsync(Name);
        Assert.Equal("step 1", (await again.GetSessionStateAsync())!.ToString());
        var second = (await again.ReceiveMessageAsync(Soon))!;
        Assert.Equal(("a2", 2), (second.Body.ToString(), second.DeliveryCount));
        await again.CompleteMessageAsync(second);
        await again.SetSessionStateAsync(null);
        Assert.Null(await again.GetSessionStateAsync());
    }

    [Fact]
    public async Task Without_its_lock_a_session_receiver_can_do_nothing()
    {
        await CreateAsync(TimeSpan.FromMilliseconds(300));
        await SendToAsync("a", "a1");
        var first = await Client.AcceptSessionAsync(Name, "a");
        var message = (await first.ReceiveMessageAsync(Soon))!;
        await using var second = await Client.AcceptNextSessionAsync(Name);

        Assert.Equal("a", second.SessionId);
        foreach (var use in new Func<Task>[]
        {
            () => first.CompleteMessageAsync(message), () => first.RenewSessionLockAsync(), () => first.GetSessionStateAsync(), () => first.ReceiveMessageAsync(Soon),
        })
        {
            Assert.Equal(ServiceBusFailureReason.SessionLockLost, (await Assert.ThrowsAsync<ServiceBusException>(use)).Reason);
        }
    }

    [Fact]
    public async Task Renewing_keeps_a_session()
    {
        await CreateAsync(TimeSpan.FromMilliseconds(800));
        await SendToAsync("a", "a1");
        await using var session = await Client.AcceptSessionAsync(Name, "a");
        var message = (await session.ReceiveMessageAsync(Soon))!;
        for (var i = 0; i < 4; i++)
        {
            await Task.Delay(300);
            var before = session.SessionLockedUntil;
            await session.RenewSessionLockAsync();
            Assert.True(session.SessionLockedUntil > before);
        }

        await session.CompleteMessageAsync(message);
    }

    [Fact]
    public async Task An_entity_with_sessions_refuses_messages_and_receivers_without_one()
    {
        await CreateAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("x")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.CreateReceiver(Name).ReceiveMessageAsync(Soon));
        await Administration.CreateQueueAsync(Name + "-plain");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.AcceptNextSessionAsync(Name + "-plain"));
    }

    [Fact]
    public async Task A_queue_that_nobody_declared_has_sessions_once_somebody_asks_for_one()
    {
        await SendToAsync("a", "a1", "a2");
        await using var session = await Client.AcceptNextSessionAsync(Name);

        Assert.Equal(["a1", "a2"], Bodies(await session.ReceiveMessagesAsync(9, Soon)));
        Assert.True((await Administration.GetQueueAsync(Name)).Value.RequiresSession);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.CreateSender(Name).SendMessageAsync(new ServiceBusMessage("x")));
    }

    [Fact]
    public async Task An_undeclared_queue_that_holds_messages_without_a_session_says_how_to_declare_it()
    {
        await SendAsync(Name, "x");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Client.AcceptNextSessionAsync(Name));

        Assert.Contains("create it with RequiresSession = true", error.Message);
        Assert.Equal("x", (await Client.CreateReceiver(Name).ReceiveMessageAsync(Soon))!.Body.ToString());
    }

    [Fact]
    public async Task Accepting_waits_for_a_session_that_comes_and_gives_up_in_time()
    {
        await CreateAsync();
        await using var hasty = Bus.Client(new ServiceBusClientOptions { RetryOptions = { TryTimeout = TimeSpan.FromMilliseconds(100) } });
        var error = await Assert.ThrowsAsync<ServiceBusException>(() => hasty.AcceptNextSessionAsync(Name));
        Assert.Equal((ServiceBusFailureReason.ServiceTimeout, true), (error.Reason, error.IsTransient));

        var waiting = Client.AcceptNextSessionAsync(Name);
        await SendToAsync("late", "x");
        await using var session = await waiting;
        Assert.Equal("late", session.SessionId);
    }

    [Fact]
    public async Task Sessions_with_messages_are_listed()
    {
        await CreateAsync();
        await SendToAsync("b", "1");
        await SendToAsync("a", "1", "2");
        var listed = new List<string>();
        await foreach (var session in Client.GetMessageSessionsAsync(Name))
        {
            listed.Add(session);
        }

        Assert.Equal(["a", "b"], listed);
    }

    private async Task CreateAsync(TimeSpan? lockDuration = null) => await Administration.CreateQueueAsync(new CreateQueueOptions(Name)
    {
        RequiresSession = true,
        LockDuration = lockDuration ?? TimeSpan.FromMinutes(1),
    });

    private Task SendToAsync(string session, params string[] bodies) =>
        Client.CreateSender(Name).SendMessagesAsync(bodies.Select(body => new ServiceBusMessage(body) { SessionId = session }));
}

public sealed class PostgresSessions(PostgresBusFixture bus) : SessionContract(bus), IClassFixture<PostgresBusFixture>;

public sealed class MemorySessions(MemoryBusFixture bus) : SessionContract(bus), IClassFixture<MemoryBusFixture>;
