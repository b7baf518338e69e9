using Microsoft.Extensions.Logging.Abstractions;
using ToolboxAI.Shared.Data;
using ToolboxAI.Shared.Email;
using ToolboxAI.Shared.Email.SendGrid;
using ToolboxAI.Shared.Gateways;
using ToolboxAI.Shared.Tenants;
using ToolboxAI.Tests.Data;
using ToolboxAI.Tests.Support;
using ToolboxAI.Tests.Support.Data;

namespace ToolboxAI.Tests.Email;

/// <summary>How the mail service of a test answers a call.</summary>
internal enum Answer
{
    Accepted,
    Lost,
    LostUnsent,
    Error,
    Busy,
    Refused,
}

/// <summary>
/// Mails from the tenant's unit of work to the events that come back, on one of the databases: a queue, a mail service that
/// does as it is told, and a clock.
/// </summary>
internal sealed class MailWorld : ISendMail, IMessageBus
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly DatabaseUnderTest database;
    private readonly IMailStore store;
    private readonly Outbox outbox;
    private readonly IUnitOfWorkFactory units;

    public MailWorld(DatabaseUnderTest database, IMailStore store, Func<CommitPoint, bool>? crashAt = null)
    {
        this.database = database;
        this.store = store;
        units = crashAt is null ? database.Units : new CrashingUnitOfWorkFactory(database.Units, crashAt);
        outbox = new(database.Outbox, units, this, Clock, new(Clock), NullLogger<Outbox>.Instance);
        Mails = new(store, outbox, Clock);
        Delivery = new(store, units, this, outbox, Clock, NullLogger<MailDelivery>.Instance);
        Events = new(store, units, database.Inbox, database.Handled, Clock, NullLogger<MailEvents>.Instance);
    }

    public TestClock Clock { get; } = new(Noon);

    public Mails Mails { get; }

    public MailDelivery Delivery { get; }

    public MailEvents Events { get; }

    /// <summary>What the queue holds, with the time from which it hands each message out.</summary>
    public List<(DateTimeOffset DueAt, EmailMessage Message)> Queue { get; } = [];

    /// <summary>The mails that the service took on, by our id.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>The events that the service owes.</summary>
    public List<SendGridEvent> Owed { get; } = [];

    /// <summary>How the service answers; Accepted when nothing is set.</summary>
    public Func<Answer> Answers { get; set; } = () => Answer.Accepted;

    public async Task<bool> EnqueueAsync(string id, string to = "billing@demo.example", string template = MailTemplate.PaymentFailed)
    {
        await using var work = await database.Units.Begin(ProductDatabase.Demo, CancellationToken.None);
        var added = await Mails.Enqueue(work, id, "in_" + id, template, to, new("School", 4900, "usd"), CancellationToken.None);
        await work.Commit(CancellationToken.None);
        return added;
    }

    public async Task<Mail> MailAsync(string id)
    {
        await using var work = await database.Units.Begin(ProductDatabase.Demo, CancellationToken.None);
        return Assert.Single(await store.About(work, "in_" + id, CancellationToken.None));
    }

    /// <summary>Moves the clock from due message to due message until none is left, or for as long as given.</summary>
    public async Task RunAsync(TimeSpan? atMost = null)
    {
        var end = Clock.GetUtcNow() + (atMost ?? TimeSpan.FromDays(30));
        while (Queue.Count > 0 && Queue.Min(m => m.DueAt) is var due && due <= end)
        {
            MoveTo(due);
            var next = Queue.First(m => m.DueAt == due);
            Queue.Remove(next);
            await Delivery.Handle(next.Message, CancellationToken.None);
        }

        if (atMost is not null)
        {
            MoveTo(end);
        }
    }

    /// <summary>Moves the clock on to a time; never back.</summary>
    public void MoveTo(DateTimeOffset time) => Clock.Advance(time > Clock.GetUtcNow() ? time - Clock.GetUtcNow() : TimeSpan.Zero);

    public Task SendPendingAsync()
    {
        Clock.Advance(Outbox.Lease);
        return outbox.SendPending(CancellationToken.None);
    }

    public static SendGridEvent Event(string mailId, string type, string? eventId = null, string tenant = "demo") =>
        new(eventId ?? $"{type}-{mailId}-{Guid.NewGuid():N}", tenant, mailId, new(type, Noon, "sg-" + mailId, "why"));

    Task<string> ISendMail.Send(TenantId tenant, string mailId, string to, RenderedMail mail, CancellationToken ct)
    {
        var answer = Answers();
        if (answer is Answer.Accepted or Answer.Lost)
        {
            Sent.Add(mailId);
            Owed.Add(Event(mailId, "processed", $"p-{mailId}-{Sent.Count}"));
            Owed.Add(Event(mailId, "delivered", $"d-{mailId}-{Sent.Count}"));
        }

        return answer switch
        {
            Answer.Accepted => Task.FromResult("sg-" + mailId),
            Answer.Lost or Answer.LostUnsent => throw new SendMailException(GatewayFailure.Unclear, "no answer") { Answered = false },
            Answer.Error => throw new SendMailException(GatewayFailure.Unclear, "500: internal server error"),
            Answer.Busy => throw new SendMailException(GatewayFailure.Transient, "429: too many requests"),
            _ => throw new SendMailException(GatewayFailure.Permanent, "400: Does not contain a valid address."),
        };
    }

    Task IMessageBus.Send(OutboxMessage message, CancellationToken ct)
    {
        Assert.Equal(EmailMessage.Queue, message.Queue);
        var body = System.Text.Json.JsonSerializer.Deserialize<EmailMessage>(message.Body, Shared.Http.ApiJson.Options)!;
        Queue.Add((message.NotBefore ?? Clock.GetUtcNow(), body));
        return Task.CompletedTask;
    }
}
