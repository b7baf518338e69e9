using System.Diagnostics;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>Messages, batches and errors by themselves.</summary>
public sealed class MessageTests
{
    [Fact]
    public void Ids_have_their_bounds()
    {
        var message = new ServiceBusMessage();
        Assert.Throws<ArgumentException>(() => message.MessageId = "");
        Assert.Throws<ArgumentOutOfRangeException>(() => message.MessageId = new string('x', 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => message.SessionId = new string('x', 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => message.TimeToLive = TimeSpan.Zero);
        message.SessionId = "s";
        Assert.Throws<ArgumentOutOfRangeException>(() => message.PartitionKey = "p");
        message.PartitionKey = "s";
        message.SessionId = "t";
        Assert.Equal("t", message.PartitionKey);
    }

    [Fact]
    public void A_new_message_has_the_documented_defaults()
    {
        var message = new ServiceBusMessage("x");

        Assert.Equal((null, TimeSpan.MaxValue, default), (message.MessageId, message.TimeToLive, message.ScheduledEnqueueTime));
        Assert.Empty(message.ApplicationProperties);
    }

    [Fact]
    public void A_copy_of_a_received_message_leaves_the_broker_s_marks_behind()
    {
        var received = ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: BinaryData.FromString("x"),
            messageId: "m",
            properties: new Dictionary<string, object> { ["mine"] = 1, ["DeadLetterReason"] = "bad", ["DeadLetterErrorDescription"] = "very" },
            sequenceNumber: 7);
        Assert.Equal(("bad", "very"), (received.DeadLetterReason, received.DeadLetterErrorDescription));
        var copy = new ServiceBusMessage(received);

        Assert.Equal(("m", "x"), (copy.MessageId, copy.Body.ToString()));
        Assert.Equal(["mine"], copy.ApplicationProperties.Keys);
    }

    [Fact]
    public void The_model_factory_fills_what_only_the_broker_knows()
    {
        var token = Guid.NewGuid();
        var enqueued = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var message = ServiceBusModelFactory.ServiceBusReceivedMessage(
            lockTokenGuid: token, deliveryCount: 3, sequenceNumber: 9, enqueuedTime: enqueued, timeToLive: TimeSpan.FromHours(1), sessionId: "s");

        Assert.Equal((token.ToString(), 3, 9L, "s"), (message.LockToken, message.DeliveryCount, message.SequenceNumber, message.SessionId));
        Assert.Equal(enqueued.AddHours(1), message.ExpiresAt);
    }

    [Fact]
    public void A_batch_of_a_test_s_own_asks_the_test()
    {
        var store = new List<ServiceBusMessage>();
        var batch = ServiceBusModelFactory.ServiceBusMessageBatch(500, store, tryAddCallback: _ => store.Count < 1);

        Assert.True(batch.TryAddMessage(new ServiceBusMessage("1")));
        Assert.False(batch.TryAddMessage(new ServiceBusMessage("2")));
        Assert.Equal((1, 500L), (batch.Count, batch.SizeInBytes));
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.ServiceBusy, true)]
    [InlineData(ServiceBusFailureReason.ServiceTimeout, true)]
    [InlineData(ServiceBusFailureReason.ServiceCommunicationProblem, true)]
    [InlineData(ServiceBusFailureReason.MessageLockLost, false)]
    [InlineData(ServiceBusFailureReason.QuotaExceeded, false)]
    public void An_error_is_transient_by_its_reason(ServiceBusFailureReason reason, bool isTransient)
    {
        var error = new ServiceBusException("text", reason, "queue");

        Assert.Equal(isTransient, error.IsTransient);
        Assert.Contains("text", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_namespace_cannot_be_reached_from_a_local_build()
    {
        var options = new ServiceBusClientOptions { RetryOptions = { MaxRetries = 0 } };
        await using var client = new ServiceBusClient("Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=k", options);
        Assert.Equal("x.servicebus.windows.net", client.FullyQualifiedNamespace);
        var error = await Assert.ThrowsAsync<ServiceBusException>(() => client.CreateSender("q").SendMessageAsync(new ServiceBusMessage("x")));

        Assert.Equal(ServiceBusFailureReason.ServiceCommunicationProblem, error.Reason);
        Assert.Throws<FormatException>(() => new ServiceBusClient("nonsense"));
    }

    [Fact]
    public async Task The_trace_context_travels_with_the_message()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Azure.Messaging.ServiceBus", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var root = new Activity("root").Start();
        await using var client = new ServiceBusClient("InMemory=tracing");
        await client.CreateSender("q").SendMessageAsync(new ServiceBusMessage("x"));
        var message = (await client.CreateReceiver("q").ReceiveMessageAsync())!;

        var parent = (string)message.ApplicationProperties["traceparent"];
        Assert.Equal(parent, message.ApplicationProperties["Diagnostic-Id"]);
        Assert.Equal(root.TraceId.ToString(), parent.Split('-')[1]);
    }
}
