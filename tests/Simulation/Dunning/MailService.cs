using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Dunning;

/// <summary>SendGrid: takes mails on, or doesn't, or leaves it open; and posts its events.</summary>
public sealed class MailService(Scheduler scheduler, Webhooks<SendGridEvent> webhooks) : ISendMail
{
    private int lastId;

    /// <summary>The probability that a call goes wrong in one of four ways.</summary>
    public double Fails { get; set; }

    /// <summary>The mails taken on, by our id: each of them reaches the customer.</summary>
    public List<(DateTimeOffset At, string MailId)> Sent { get; } = [];

    /// <inheritdoc/>
    public async Task<string> Send(TenantId tenant, string mailId, string to, RenderedMail mail, CancellationToken ct)
    {
        await scheduler.Yield($"mail {mailId}");
        var fault = scheduler.Chance(Fails) ? scheduler.Next(4) : -1;
        if (fault == 0)
        {
            throw new SendMailException(GatewayFailure.Transient, "429");
        }

        if (fault == 1)
        {
            throw new SendMailException(GatewayFailure.Unclear, "no answer") { Answered = false };
        }

        var id = $"sg-{++lastId}";
        Sent.Add((scheduler.Clock.Now, mailId));
        foreach (var type in (string[])["processed", "delivered"])
        {
            var happened = new MailEvent(type, scheduler.Clock.Now, id, null);
            webhooks.Add(new($"{type}-{id}", tenant.Slug, mailId, happened), $"{type} {mailId}");
        }

        await scheduler.Yield($"mail {mailId} is answered");
        return fault >= 2 ? throw new SendMailException(GatewayFailure.Unclear, "no answer") { Answered = false } : id;
    }
}
