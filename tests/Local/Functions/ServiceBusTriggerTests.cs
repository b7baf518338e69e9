using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Local.Functions;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

public sealed record Order(string Id, int Amount);

public sealed class Received
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

public sealed class MessageSamples(Received received)
{
    [Function("Orders")]
    public void Orders([ServiceBusTrigger("%OrdersQueue%", Connection = "Bus")] Order order, int deliveryCount, string messageId) =>
        received.Lines.Enqueue($"{order.Id} {order.Amount} {deliveryCount} {messageId}");

    [Function("Flaky")]
    public void Flaky([ServiceBusTrigger("flaky", Connection = "Bus")] ServiceBusReceivedMessage message)
    {
        received.Lines.Enqueue($"flaky {message.DeliveryCount}");
        if (message.Body.ToString() == "always" || message.DeliveryCount < 3)
        {
            throw new InvalidOperationException("not yet");
        }
    }

    [Function("Manual")]
    public async Task Manual(
        [ServiceBusTrigger("manual", Connection = "Bus", AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions)
    {
        received.Lines.Enqueue($"manual {message.Body} {message.DeliveryCount}");
        if (message.Body.ToString() == "dead")
        {
            await actions.DeadLetterMessageAsync(message, new() { ["why"] = 7 }, "tests", "as asked");
        }
        else if (message.Body.ToString() == "done-then-throw")
        {
            await actions.CompleteMessageAsync(message);
            throw new InvalidOperationException("late");
        }
    }

    [Function("Batch")]
    public void Batch([ServiceBusTrigger("batch", Connection = "Bus", IsBatched = true)] string[] bodies, int[] deliveryCountArray) =>
        received.Lines.Enqueue($"batch {string.Join(",", bodies.Order())} {deliveryCountArray.Length}");

    [Function("Copies")]
    public void Copies([ServiceBusTrigger("news", "readers", Connection = "Bus")] BinaryData body) => received.Lines.Enqueue($"copy {body}");

    [Function("Sessions")]
    public async Task Sessions(
        [ServiceBusTrigger("sessions", Connection = "Bus", IsSessionsEnabled = true)] ServiceBusReceivedMessage message,
        ServiceBusSessionMessageActions session,
        string sessionId)
    {
        var state = (await session.GetSessionStateAsync())?.ToString() ?? "";
        await session.SetSessionStateAsync(new(state + message.Body));
        received.Lines.Enqueue($"{sessionId} {state}{message.Body}");
        if (message.Body.ToString() == "c")
        {
            await session.ReleaseSession();
        }
    }

    [Function("Traced")]
    public void Traced([ServiceBusTrigger("traced", Connection = "Bus")] string body, FunctionContext context) =>
        received.Lines.Enqueue($"{Activity.Current!.TraceId} {context.TraceContext.TraceParent[3..35]} {body}");

    [Function("Slow")]
    public async Task Slow([ServiceBusTrigger("slow", Connection = "Bus")] byte[] body, CancellationToken cancellationToken)
    {
        received.Lines.Enqueue("slow begins");
        await received.Gate.Task.WaitAsync(cancellationToken);
        received.Lines.Enqueue($"slow ends {body.Length}");
    }

    [Function("NoConnection")]
    public static void NoConnection([ServiceBusTrigger("x", Connection = "Missing")] string body) => ArgumentNullException.ThrowIfNull(body);
}

public sealed class ServiceBusTriggerTests : IAsyncLifetime
{
    private readonly Received received = new();
    private TestDatabase database = null!;
    private ServiceBusClient bus = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        bus = new(database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await bus.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_message_binds_from_json_and_its_properties_by_name_and_is_then_gone()
    {
        await using var app = await StartAsync();
        await SendAsync("orders", new(BinaryData.FromObjectAsJson(new Order("o1", 5))) { MessageId = "m1" });
        await Eventually.True(() => received.Lines.Contains("o1 5 1 m1"));
        await Eventually.True(async () => await bus.CreateReceiver("orders").PeekMessageAsync() is null);
    }

    [Fact]
    public async Task A_failed_message_comes_again_and_in_the_end_goes_to_the_dead_letters()
    {
        await using var app = await StartAsync();
        await SendAsync("flaky", new("third time"));
        await Eventually.True(() => received.Lines.Count == 3);
        await SendAsync("flaky", new("always"));
        await using var dead = bus.CreateReceiver("flaky/$DeadLetterQueue");
        var message = await dead.ReceiveMessageAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("MaxDeliveryCountExceeded", message!.DeadLetterReason);
        Assert.Equal(["1", "2", "3", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"], received.Lines.Select(l => l.Split(' ')[1]));
    }

    [Fact]
    public async Task What_the_function_settled_the_host_leaves_alone()
    {
        await using var app = await StartAsync();
        await SendAsync("manual", new("dead"));
        await using var letters = bus.CreateReceiver("manual/$DeadLetterQueue");
        var dead = await letters.ReceiveMessageAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(("tests", "as asked", 7), (dead!.DeadLetterReason, dead.DeadLetterErrorDescription, dead.ApplicationProperties["why"]));

        await SendAsync("manual", new("done-then-throw"));
        await Eventually.True(() => received.Lines.Contains("manual done-then-throw 1"));
        await SendAsync("manual", new("kept"));
        await Eventually.True(() => received.Lines.Contains("manual kept 1"));
        await using var receiver = bus.CreateReceiver("manual");
        Assert.Equal("kept", Assert.Single(await receiver.PeekMessagesAsync(10)).Body.ToString());
        Assert.DoesNotContain("manual done-then-throw 2", received.Lines);
    }

    [Fact]
    public async Task A_batch_is_handed_over_as_an_array()
    {
        await using (var sender = bus.CreateSender("batch"))
        {
            await sender.SendMessagesAsync([new("a"), new("b"), new("c")]);
        }

        await using var app = await StartAsync();
        await Eventually.True(() => received.Lines.Contains("batch a,b,c 3"));
        await Eventually.True(async () => await bus.CreateReceiver("batch").PeekMessageAsync() is null);
    }

    [Fact]
    public async Task A_subscription_gets_its_copy()
    {
        var administration = new ServiceBusAdministrationClient(database.ConnectionString);
        await administration.CreateTopicAsync("news");
        await administration.CreateSubscriptionAsync("news", "readers");
        await using var app = await StartAsync();
        await SendAsync("news", new("today"));
        await Eventually.True(() => received.Lines.Contains("copy today"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_of_a_session_come_in_order_and_share_its_state(bool isDeclared)
    {
        if (isDeclared)
        {
            var administration = new ServiceBusAdministrationClient(database.ConnectionString);
            await administration.CreateQueueAsync(new CreateQueueOptions("sessions") { RequiresSession = true });
        }

        await using var app = await StartAsync();
        await using (var sender = bus.CreateSender("sessions"))
        {
            foreach (var body in new[] { "a", "b", "c", "d" })
            {
                await sender.SendMessageAsync(new(body) { SessionId = "one" });
                await sender.SendMessageAsync(new(body) { SessionId = "two" });
            }
        }

        await Eventually.True(() => received.Lines.Count == 8);
        Assert.Equal(["one a", "one ab", "one abc", "one abcd"], received.Lines.Where(l => l.StartsWith("one")));
        Assert.Equal(["two a", "two ab", "two abc", "two abcd"], received.Lines.Where(l => l.StartsWith("two")));
    }

    [Fact]
    public async Task A_message_goes_on_with_the_trace_of_its_sender()
    {
        await using var app = await StartAsync();
        using var activity = new Activity("sending").Start();
        await SendAsync("traced", new("x"));
        await Eventually.True(() => received.Lines.Contains($"{activity.TraceId} {activity.TraceId} x"));
    }

    [Fact]
    public async Task A_stop_waits_for_what_runs_and_takes_nothing_more()
    {
        var app = await StartAsync();
        await SendAsync("slow", new("12345"));
        await Eventually.True(() => received.Lines.Contains("slow begins"));
        var stopping = app.DisposeAsync().AsTask();
        await Task.Delay(300);
        await SendAsync("slow", new("1"));
        await Task.Delay(300);
        Assert.False(stopping.IsCompleted);
        received.Gate.SetResult();
        await stopping;
        Assert.Equal(["slow begins", "slow ends 5"], received.Lines);
        Assert.Equal("1", Assert.Single(await bus.CreateReceiver("slow").PeekMessagesAsync(10)).Body.ToString());
    }

    [Fact]
    public async Task A_missing_connection_puts_its_function_alone_into_error()
    {
        await using var app = await StartAsync();
        Assert.Equal(["NoConnection"], app.Host.Services.GetRequiredService<FunctionCatalog>().Errors.Keys);
    }

    private async Task SendAsync(string queue, ServiceBusMessage message)
    {
        await using var sender = bus.CreateSender(queue);
        await sender.SendMessageAsync(message);
    }

    private Task<LocalApp> StartAsync() => LocalApp.StartAsync(Configure, typeof(MessageSamples));

    private void Configure(FunctionsApplicationBuilder builder)
    {
        builder.Configuration["Bus"] = database.ConnectionString;
        builder.Configuration["OrdersQueue"] = "orders";
        builder.Services.AddSingleton(received);
    }
}
