using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolboxAI.Tests.Support;

namespace ToolboxAI.Tests.Local.Functions;

public sealed class BatchSamples(Received received)
{
    [Function("Sorts")]
    public async Task Sorts(
        [ServiceBusTrigger("mixed", Connection = "Bus", IsBatched = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage[] messages,
        ServiceBusMessageActions actions)
    {
        foreach (var message in messages)
        {
            received.Lines.Enqueue($"{message.Body} {message.DeliveryCount}");
            await (message.Body.ToString() switch
            {
                "keep" => actions.CompleteMessageAsync(message),
                "later" => actions.DeferMessageAsync(message),
                "again" when message.DeliveryCount == 1 => actions.AbandonMessageAsync(message, new Dictionary<string, object> { ["seen"] = 1 }),
                "again" => actions.CompleteMessageAsync(message),
                _ => actions.DeadLetterMessageAsync(message, deadLetterReason: "unknown"),
            });
        }
    }

    [Function("Announces")]
    [ServiceBusOutput("announcements", ServiceBusEntityType.Topic, Connection = "Bus")]
    public static ServiceBusMessage[] Announces([ServiceBusTrigger("drafts", Connection = "Bus")] string draft) =>
        [new(draft) { Subject = "first" }, new(draft) { Subject = "second" }];

    [Function("SessionBatch")]
    public void SessionBatch(
        [ServiceBusTrigger("session-batches", Connection = "Bus", IsBatched = true, IsSessionsEnabled = true)] string[] bodies, string[] sessionIdArray) =>
        received.Lines.Enqueue($"{sessionIdArray.Distinct().Single()}: {string.Join(",", bodies)}");
}

/// <summary>Batches that the function settles itself, batches of a session, and messages sent to a topic.</summary>
public sealed class ServiceBusBatchTests : IAsyncLifetime
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
    public async Task The_function_settles_each_message_of_a_batch_as_it_wants()
    {
        await bus.CreateSender("mixed").SendMessagesAsync([new("keep"), new("later") { MessageId = "l" }, new("again"), new("what")]);
        await using var app = await StartAsync();
        await Eventually.True(() => received.Lines.Contains("again 2"));
        await using var letters = bus.CreateReceiver("mixed/$DeadLetterQueue");
        Assert.Equal(("what", "unknown"), (await letters.ReceiveMessageAsync(TimeSpan.FromSeconds(20))) is { } dead ? (dead.Body.ToString(), dead.DeadLetterReason) : default);
        await Eventually.True(async () => await bus.CreateReceiver("mixed").PeekMessagesAsync(10) is [{ State: ServiceBusMessageState.Deferred }]);
        Assert.Single(received.Lines, "keep 1");
    }

    [Fact]
    public async Task Returned_messages_go_to_a_topic_as_they_are()
    {
        var administration = new ServiceBusAdministrationClient(database.ConnectionString);
        await administration.CreateTopicAsync("announcements");
        await administration.CreateSubscriptionAsync("announcements", "all");
        await using var app = await StartAsync();
        await bus.CreateSender("drafts").SendMessageAsync(new("text"));
        await using var reader = bus.CreateReceiver("announcements", "all");
        var messages = new List<ServiceBusReceivedMessage>();
        await Eventually.True(async () =>
        {
            messages.AddRange(await reader.ReceiveMessagesAsync(2, TimeSpan.FromSeconds(1)));
            return messages.Count == 2;
        });
        Assert.Equal(["first", "second"], messages.Select(message => message.Subject));
    }

    [Fact]
    public async Task A_batch_holds_messages_of_one_session_in_order()
    {
        await new ServiceBusAdministrationClient(database.ConnectionString).CreateQueueAsync(new CreateQueueOptions("session-batches") { RequiresSession = true });
        await bus.CreateSender("session-batches").SendMessagesAsync(
            [new("1") { SessionId = "a" }, new("1") { SessionId = "b" }, new("2") { SessionId = "a" }, new("2") { SessionId = "b" }, new("3") { SessionId = "a" }]);
        await using var app = await StartAsync();
        await Eventually.True(() => received.Lines.Contains("a: 1,2,3") && received.Lines.Contains("b: 1,2"));
    }

    private Task<LocalApp> StartAsync() => LocalApp.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton(received);
            builder.Configuration["Bus"] = database.ConnectionString;
        },
        typeof(BatchSamples));
}
