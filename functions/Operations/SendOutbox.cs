using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Functions.Operations;

/// <summary>Sends messages that the invocation which wrote them could not send.</summary>
public sealed partial class SendOutbox(Outbox outbox, ILogger<SendOutbox> log)
{
    [Function(nameof(SendOutbox))]
    public async Task Run([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken ct)
    {
        if (await outbox.SendPending(ct) is var sent and > 0)
        {
            Sent(sent);
        }
    }

    [LoggerMessage(1210, LogLevel.Information, "Sent {Count} messages that had been left behind")]
    private partial void Sent(int count);
}
