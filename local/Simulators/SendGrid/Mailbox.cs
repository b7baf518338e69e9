using ToolboxAI.Local.Installation;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>A mail as it lies in its recipient's mailbox.</summary>
internal sealed record MailboxItem(string To, string Subject, string Text, string Html, DateTime SentAt, string MessageId);

/// <summary>The mails that reached a mailbox, and the addresses that get nothing any more.</summary>
internal static class Mailbox
{
    public const string Script = """
        CREATE TABLE IF NOT EXISTS simulators.sendgrid_mailbox (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            address text NOT NULL,
            subject text NOT NULL,
            text text NOT NULL,
            html text NOT NULL,
            sent_at timestamptz NOT NULL,
            message_id text NOT NULL);
        CREATE INDEX IF NOT EXISTS sendgrid_mailbox_address ON simulators.sendgrid_mailbox (lower(address), sent_at DESC, id DESC);
        CREATE TABLE IF NOT EXISTS simulators.sendgrid_suppressions (
            address text PRIMARY KEY,
            reason text NOT NULL,
            created_at timestamptz NOT NULL);
        CREATE TABLE IF NOT EXISTS simulators.sendgrid_key (
            id boolean PRIMARY KEY DEFAULT true CHECK (id),
            pkcs8 bytea NOT NULL);
        """;

    private const int Most = 1000;

    /// <summary>The newest mails first, at most 1000; of one address, or of all.</summary>
    public static async Task<IReadOnlyList<MailboxItem>> ListAsync(InstallationSession session, string? to, CancellationToken cancellationToken)
    {
        await using var command = session.Database.CreateCommand(
            """
            SELECT address, subject, text, html, sent_at, message_id FROM simulators.sendgrid_mailbox
            WHERE ($1 IS NULL OR lower(address) = lower($1)) AND sent_at <= installation.now()
            ORDER BY sent_at DESC, id DESC LIMIT $2
            """);
        command.Parameters.Add(new() { Value = (object?)to ?? DBNull.Value, DataTypeName = "text" });
        command.Parameters.Add(new() { Value = Most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<MailboxItem>();
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(new(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetDateTime(4), reader.GetString(5)));
        }

        return items;
    }

    public static Task PutAsync(SimulatorTransaction transaction, OutgoingMail mail) => transaction.ExecuteAsync(
        "INSERT INTO simulators.sendgrid_mailbox (address, subject, text, html, sent_at, message_id) VALUES ($1, $2, $3, $4, $5, $6)",
        CancellationToken.None, mail.To, mail.Subject, mail.Text, mail.Html, mail.SendAt.UtcDateTime, mail.MessageId);

    public static async Task<string?> SuppressionAsync(SimulatorTransaction transaction, string address)
    {
        await using var command = transaction.Command("SELECT reason FROM simulators.sendgrid_suppressions WHERE address = lower($1)", address);
        return (string?)await command.ExecuteScalarAsync();
    }

    public static Task SuppressAsync(SimulatorTransaction transaction, string address, string reason) => transaction.ExecuteAsync(
        "INSERT INTO simulators.sendgrid_suppressions (address, reason, created_at) VALUES (lower($1), $2, $3) ON CONFLICT DO NOTHING",
        CancellationToken.None, address, reason, transaction.Now.UtcDateTime);
}
