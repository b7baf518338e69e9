namespace ToolboxAI.Shared.Data;

/// <summary>The way to the queues; only the outbox sends.</summary>
public interface IMessageBus
{
    /// <summary>Sends a message under its own id. May be called twice for one message.</summary>
    Task Send(OutboxMessage message, CancellationToken ct);
}
