using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Http;

namespace ToolboxAI.Functions.Email;

/// <summary>Sends a mail, or finds out that there is nothing to send.</summary>
public sealed class SendEmail(MailDelivery delivery)
{
    [Function(nameof(SendEmail))]
    public Task Run([ServiceBusTrigger(EmailMessage.Queue, Connection = "ServiceBusConnection")] string message, CancellationToken ct) =>
        delivery.Handle(JsonSerializer.Deserialize<EmailMessage>(message, ApiJson.Options)!, ct);
}
