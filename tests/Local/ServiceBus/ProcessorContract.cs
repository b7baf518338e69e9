using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>What processors promise, on every bus.</summary>
public abstract class ProcessorContract(BusFixture bus) : BusContract(bus)
{
    [Fact]
    public async Task A_processor_handles_and_completes_every_message()
    {
        var seen = new ConcurrentBag<string>();
        await using var processor = Client.CreateProcessor(Name, new ServiceBusProcessorOptions { MaxConcurrentCalls = 4 });
        processor.ProcessMessageAsync += args =>
        {
            seen.Add(args.Message.Body.ToString());
            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        await SendAsync(Name, [.. Enumerable.Range(0, 50).Select(i => $"{i}")]);

        await Eventually(async () => seen.Count == 50 && await Client.CreateReceiver(Name).PeekMessageAsync() is null);
        Assert.Equal(50, seen.Distinct().Count());
        await processor.StopProcessingAsync();
        Assert.False(processor.IsProcessing);
    }

    [Fact]
    public async Task A_handler_that_throws_has_its_error_reported_and_its_message_redelivered_until_it_is_dead()
    {
        var (calls, errors) = (0, 0);
        await using var processor = Client.CreateProcessor(Name);
        processor.ProcessMessageAsync += _ =>
        {
            Interlocked.Increment(ref calls);
            throw new InvalidOperationException("no");
        };
        processor.ProcessErrorAsync += args =>
        {
            Assert.Equal(ServiceBusErrorSource.ProcessMessageCallback, args.ErrorSource);
            Interlocked.Increment(ref errors);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync();
        await SendAsync(Name, "poison");

        await Eventually(async () => await Client.CreateReceiver(Name + "/$DeadLetterQueue").PeekMessageAsync() is not null);
        Assert.Equal((10, 10), (calls, errors));
    }

    [Fact]
    public async Task Without_auto_complete_the_handler_settles()
    {
        await using var processor = Client.CreateProcessor(Name, new ServiceBusProcessorOptions { AutoCompleteMessages = false });
        processor.ProcessMessageAsync += args => args.DeadLetterMessageAsync(args.Message, "mine");
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        await SendAsync(Name, "x");

        await Eventually(async () =>
            await Client.CreateReceiver(Name + "/$DeadLetterQueue").PeekMessageAsync() is { DeadLetterReason: "mine" });
    }

    [Fact]
    public async Task A_long_handler_keeps_its_lock()
    {
        // Two and a half locks long, each long enough for a renewal on a busy machine.
        await Administration.CreateQueueAsync(new CreateQueueOptions(Name) { LockDuration = TimeSpan.FromSeconds(2) });
        var calls = 0;
        await using var processor = Client.CreateProcessor(Name, new ServiceBusProcessorOptions { MaxConcurrentCalls = 2 });
        processor.ProcessMessageAsync += async args =>
        {
            Interlocked.Increment(ref calls);
            await Task.Delay(5000);
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        await SendAsync(Name, "long");

        await Eventually(async () => calls > 0 && await Client.CreateReceiver(Name).PeekMessageAsync() is null);
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Stopping_waits_for_the_handler_that_runs_and_signals_it()
    {
        var started = new TaskCompletionSource();
        var finished = false;
        await using var processor = Client.CreateProcessor(Name);
        processor.ProcessMessageAsync += async args =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, args.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            finished = true;
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        await SendAsync(Name, "x");
        await started.Task.WaitAsync(Soon);
        await processor.StopProcessingAsync();

        Assert.True(finished);
        Assert.Null(await Client.CreateReceiver(Name).PeekMessageAsync());
    }

    [Fact]
    public async Task A_processor_needs_both_handlers_and_takes_one_of_each()
    {
        await using var processor = Client.CreateProcessor(Name);
        await Assert.ThrowsAsync<InvalidOperationException>(() => processor.StartProcessingAsync());
        processor.ProcessMessageAsync += _ => Task.CompletedTask;
        Assert.Throws<NotSupportedException>(() => processor.ProcessMessageAsync += _ => Task.CompletedTask);
        await Assert.ThrowsAsync<InvalidOperationException>(() => processor.StartProcessingAsync());
    }

    [Fact]
    public async Task A_session_processor_keeps_the_order_of_each_session()
    {
        await Administration.CreateQueueAsync(new CreateQueueOptions(Name) { RequiresSession = true });
        var sender = Client.CreateSender(Name);
        for (var i = 0; i < 10; i++)
        {
            await sender.SendMessagesAsync("abc".Select(session => new ServiceBusMessage($"{i}") { SessionId = $"{session}" }));
        }

        var seen = new ConcurrentDictionary<string, ConcurrentQueue<string>>();
        var (opened, closed) = (0, 0);
        await using var processor = Client.CreateSessionProcessor(
            Name, new ServiceBusSessionProcessorOptions { MaxConcurrentSessions = 2, SessionIdleTimeout = TimeSpan.FromMilliseconds(200) });
        processor.ProcessMessageAsync += args =>
        {
            seen.GetOrAdd(args.SessionId, _ => new()).Enqueue(args.Message.Body.ToString());
            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        processor.SessionInitializingAsync += _ => Task.FromResult(Interlocked.Increment(ref opened));
        processor.SessionClosingAsync += _ => Task.FromResult(Interlocked.Increment(ref closed));
        await processor.StartProcessingAsync();

        await Eventually(() => Task.FromResult(seen.Count == 3 && seen.Values.All(session => session.Count == 10) && closed == 3));
        Assert.All(seen.Values, session => Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), session));
        await processor.StopProcessingAsync();
        Assert.Equal(opened, closed);
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not come true in 20 s.");
            await Task.Delay(20);
        }
    }
}

public sealed class PostgresProcessors(PostgresBusFixture bus) : ProcessorContract(bus), IClassFixture<PostgresBusFixture>;

public sealed class MemoryProcessors(MemoryBusFixture bus) : ProcessorContract(bus), IClassFixture<MemoryBusFixture>;
