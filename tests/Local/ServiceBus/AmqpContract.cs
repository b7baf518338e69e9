using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;

namespace ToolboxAI.Tests.Local.ServiceBus;

/// <summary>The raw form of messages, on both buses.</summary>
public abstract class AmqpContract(BusFixture bus)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly string queue = "raw-" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task All_sections_of_a_raw_message_arrive()
    {
        var sent = new ServiceBusMessage("body") { MessageId = "m1", Subject = "subject", TimeToLive = TimeSpan.FromHours(1) };
        var raw = sent.GetRawAmqpMessage();
        raw.Header.Durable = true;
        raw.Header.Priority = 7;
        raw.Footer["checksum"] = 12L;
        raw.MessageAnnotations["x-ours"] = "annotated";
        raw.Properties.UserId = "who"u8.ToArray();
        raw.Properties.ContentEncoding = "gzip";
        raw.Properties.GroupSequence = 3;
        raw.Properties.CreationTime = DateTimeOffset.UnixEpoch;
        raw.ApplicationProperties["count"] = 5;

        var received = await SendAsync(sent);
        var arrived = received.GetRawAmqpMessage();
        Assert.Equal((true, (byte)7), (arrived.Header.Durable, arrived.Header.Priority));
        Assert.Equal(TimeSpan.FromHours(1), arrived.Header.TimeToLive);
        Assert.Equal(12L, arrived.Footer["checksum"]);
        Assert.Equal("annotated", arrived.MessageAnnotations["x-ours"]);
        Assert.Equal(received.SequenceNumber, arrived.MessageAnnotations["x-opt-sequence-number"]);
        Assert.Equal("who"u8.ToArray(), arrived.Properties.UserId!.Value.ToArray());
        Assert.Equal(("gzip", 3u, DateTimeOffset.UnixEpoch), (arrived.Properties.ContentEncoding, arrived.Properties.GroupSequence, arrived.Properties.CreationTime));
        Assert.Equal(("m1", "subject", 5), (arrived.Properties.MessageId.ToString(), arrived.Properties.Subject, arrived.ApplicationProperties["count"]));
        Assert.Equal(5, received.ApplicationProperties["count"]);

        var copy = new ServiceBusMessage(received).GetRawAmqpMessage();
        Assert.Equal("annotated", copy.MessageAnnotations["x-ours"]);
        Assert.False(copy.MessageAnnotations.ContainsKey("x-opt-sequence-number"));
    }

    [Fact]
    public async Task A_value_or_sequence_as_body_arrives_and_is_no_bytes()
    {
        var map = new Dictionary<string, object> { ["name"] = "Ann", ["ages"] = new List<object> { 7, 8L }, ["none"] = null! };
        var value = await SendAsync(new ServiceBusMessage(new AmqpAnnotatedMessage(AmqpMessageBody.FromValue(map))));
        Assert.True(value.GetRawAmqpMessage().Body.TryGetValue(out var arrived));
        var read = Assert.IsType<IDictionary<string, object?>>(arrived, exactMatch: false);
        Assert.Equal("Ann", read["name"]);
        Assert.Equal([7, 8L], Assert.IsType<IEnumerable<object>>(read["ages"], exactMatch: false));
        Assert.Null(read["none"]);
        Assert.Throws<NotSupportedException>(() => value.Body);

        var sequence = await SendAsync(new ServiceBusMessage(new AmqpAnnotatedMessage(AmqpMessageBody.FromSequence([[1, "two"], [3.5]]))));
        Assert.True(sequence.GetRawAmqpMessage().Body.TryGetSequence(out var lists));
        Assert.Equal([[1, "two"], [3.5]], lists!);
        Assert.Throws<NotSupportedException>(() => sequence.Body);
    }

    [Fact]
    public void A_message_and_its_raw_form_are_one()
    {
        var message = new ServiceBusMessage(new AmqpAnnotatedMessage(AmqpMessageBody.FromData(["ab"u8.ToArray(), "cd"u8.ToArray()])));
        Assert.Equal("abcd", message.Body.ToString());
        message.SessionId = "s";
        message.To = "there";
        message.ScheduledEnqueueTime = DateTimeOffset.UnixEpoch;
        var raw = message.GetRawAmqpMessage();
        Assert.Equal(("s", "there"), (raw.Properties.GroupId, raw.Properties.To.ToString()));
        Assert.Equal(DateTime.UnixEpoch, raw.MessageAnnotations["x-opt-scheduled-enqueue-time"]);
        raw.Properties.CorrelationId = new AmqpMessageId("c");
        raw.Body = AmqpMessageBody.FromData(["new"u8.ToArray()]);
        Assert.Equal(("c", "new"), (message.CorrelationId, message.Body.ToString()));
        message.MessageId = null;
        Assert.Null(raw.Properties.MessageId);
    }

    [Fact]
    public void A_received_message_is_made_from_its_raw_form()
    {
        var raw = new AmqpAnnotatedMessage(AmqpMessageBody.FromData(["x"u8.ToArray()]));
        raw.Header.DeliveryCount = 2;
        raw.MessageAnnotations["x-opt-sequence-number"] = 9L;
        raw.ApplicationProperties["DeadLetterReason"] = "why";
        var token = Guid.NewGuid();
        var message = ServiceBusReceivedMessage.FromAmqpMessage(raw, BinaryData.FromBytes(token.ToByteArray()));
        Assert.Equal((3, 9L, token.ToString(), "why", "x"), (message.DeliveryCount, message.SequenceNumber, message.LockToken, message.DeadLetterReason, message.Body.ToString()));
        Assert.Same(raw, message.GetRawAmqpMessage());
    }

    private async Task<ServiceBusReceivedMessage> SendAsync(ServiceBusMessage message)
    {
        await using var client = bus.Client();
        await client.CreateSender(queue).SendMessageAsync(message);
        var receiver = client.CreateReceiver(queue);
        var received = (await receiver.ReceiveMessageAsync(Soon))!;
        await receiver.CompleteMessageAsync(received);
        return received;
    }
}

public sealed class PostgresRawMessages(PostgresBusFixture bus) : AmqpContract(bus), IClassFixture<PostgresBusFixture>;

public sealed class MemoryRawMessages(MemoryBusFixture bus) : AmqpContract(bus), IClassFixture<MemoryBusFixture>;
