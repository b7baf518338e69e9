using System.Text.Json;
using ToolboxAI.Shared.Data;

namespace ToolboxAI.Shared.Email;

/// <inheritdoc cref="IMailStore"/>
public sealed class PostgresMailStore : IMailStore
{
    private const string Columns =
        "id, about, template, recipient, model::text AS model, created_at, state, sends, unanswered, resends, last_send_at, sent_at, message_id, reason";

    /// <inheritdoc/>
    public async Task<bool> TryAdd(IUnitOfWork work, Mail mail, CancellationToken ct) => await work.Execute(
        """
        INSERT INTO mails (id, about, template, recipient, model, created_at, state, sends, unanswered, resends, last_send_at, sent_at, message_id, reason)
        VALUES (@Id, @About, @Template, @Recipient, @Model::jsonb, @CreatedAt, @State, @Sends, @Unanswered, @Resends, @LastSendAt, @SentAt, @MessageId, @Reason)
        ON CONFLICT (id) DO NOTHING
        """,
        Row.Of(mail),
        ct) == 1;

    /// <inheritdoc/>
    public async Task<Mail?> Lock(IUnitOfWork work, string id, CancellationToken ct) =>
        (await work.QuerySingle<Row>($"SELECT {Columns} FROM mails WHERE id = @id FOR UPDATE", new { id }, ct))?.Mail();

    /// <inheritdoc/>
    public Task Update(IUnitOfWork work, Mail mail, CancellationToken ct) => work.Execute(
        """
        UPDATE mails SET state = @State, sends = @Sends, unanswered = @Unanswered, resends = @Resends, last_send_at = @LastSendAt,
            sent_at = @SentAt, message_id = @MessageId, reason = @Reason
        WHERE id = @Id
        """,
        Row.Of(mail),
        ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Mail>> About(IUnitOfWork work, string about, CancellationToken ct) =>
        [.. (await work.Query<Row>($"SELECT {Columns} FROM mails WHERE about = @about ORDER BY created_at, id", new { about }, ct)).Select(row => row.Mail())];

    private sealed record Row
    {
        public required string Id { get; init; }
        public required string About { get; init; }
        public required string Template { get; init; }
        public required string Recipient { get; init; }
        public required string Model { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required string State { get; init; }
        public int Sends { get; init; }
        public int Unanswered { get; init; }
        public int Resends { get; init; }
        public DateTimeOffset? LastSendAt { get; init; }
        public DateTimeOffset? SentAt { get; init; }
        public string? MessageId { get; init; }
        public string? Reason { get; init; }

        public static Row Of(Mail mail) => new()
        {
            Id = mail.Id,
            About = mail.About,
            Template = mail.Template,
            Recipient = mail.To,
            Model = JsonSerializer.Serialize(mail.Model, JsonSerializerOptions.Web),
            CreatedAt = mail.CreatedAt,
            State = mail.State.ToString().ToLowerInvariant(),
            Sends = mail.Sends,
            Unanswered = mail.Unanswered,
            Resends = mail.Resends,
            LastSendAt = mail.LastSendAt,
            SentAt = mail.SentAt,
            MessageId = mail.MessageId,
            Reason = mail.Reason,
        };

        public Mail Mail() => new(Id, About, Template, Recipient, JsonSerializer.Deserialize<PaymentMail>(Model, JsonSerializerOptions.Web)!, CreatedAt)
        {
            State = Enum.Parse<MailState>(State, ignoreCase: true),
            Sends = Sends,
            Unanswered = Unanswered,
            Resends = Resends,
            LastSendAt = LastSendAt,
            SentAt = SentAt,
            MessageId = MessageId,
            Reason = Reason,
        };
    }
}
