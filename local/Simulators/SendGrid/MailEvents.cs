using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>What the service reports about a mail, as the event webhook carries it (<c>contracts/sendgrid/FACTS.md</c>).</summary>
internal static class MailEvents
{
    private static readonly TimeSpan Travel = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deferral = TimeSpan.FromMinutes(5);

    /// <summary>The events that follow from a mail, in the order in which they happen.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="suppressed">Why the address gets nothing any more; null when it does.</param>
    public static IEnumerable<(string Type, DateTimeOffset At, JsonObject Body)> Of(OutgoingMail mail, string? suppressed)
    {
        var sent = mail.SendAt;
        var arrived = sent + Travel;
        if (suppressed is not null)
        {
            return [Event(mail, "dropped", sent, new() { ["reason"] = suppressed, ["status"] = "5.0.0" })];
        }

        var processed = Event(mail, "processed", sent, []);
        var delivered = Event(mail, "delivered", arrived, Answer("250 OK"));
        return AddressBehaviours.Of(mail.To) switch
        {
            AddressBehaviour.Silent => [],
            AddressBehaviour.Bounce => [processed, Event(mail, "bounce", arrived, Bounce("bounce", "550 5.1.1 The email account does not exist", "5.1.1", "Invalid Address"))],
            AddressBehaviour.Block => [processed, Event(mail, "bounce", arrived, Bounce("blocked", "550 5.7.1 The message was blocked", "5.7.1", "Reputation"))],
            AddressBehaviour.Defer =>
            [
                processed,
                Event(mail, "deferred", arrived, Answer("451 4.7.1 Try again later", attempt: "1")),
                Event(mail, "delivered", arrived + Deferral, Answer("250 OK")),
            ],
            AddressBehaviour.Spam => [processed, delivered, Event(mail, "spamreport", arrived + Travel, [])],
            _ => [processed, delivered],
        };
    }

    /// <summary>The body of a post: a JSON array, ended by CRLF as the service ends it.</summary>
    public static string Post(IEnumerable<JsonObject> events) => JsonSerializer.Serialize(events) + "\r\n";

    private static (string Type, DateTimeOffset At, JsonObject Body) Event(OutgoingMail mail, string type, DateTimeOffset at, JsonObject extra)
    {
        var body = new JsonObject();
        foreach (var (name, value) in mail.CustomArgs)
        {
            body[name] = value;
        }

        body["email"] = mail.To;
        body["timestamp"] = at.ToUnixTimeSeconds();
        body["event"] = type;
        body["sg_event_id"] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{type}-{mail.Recipient}-{at.ToUnixTimeSeconds()}-{mail.MessageId}"));
        body["sg_message_id"] = $"{mail.MessageId}.recvd-local-1-0.{mail.Recipient}";
        body["smtp-id"] = $"<{mail.MessageId}@geopod-ismtpd-local>";
        if (mail.Categories.Count > 0)
        {
            body["category"] = new JsonArray([.. mail.Categories.Select(category => JsonValue.Create(category))]);
        }

        foreach (var (name, value) in extra)
        {
            body[name] = value?.DeepClone();
        }

        return (type, at, body);
    }

    private static JsonObject Answer(string response, string? attempt = null)
    {
        var answer = new JsonObject { ["response"] = response, ["ip"] = "192.0.2.10", ["tls"] = 1 };
        if (attempt is not null)
        {
            answer["attempt"] = attempt;
        }

        return answer;
    }

    private static JsonObject Bounce(string type, string reason, string status, string classification) => new()
    {
        ["type"] = type,
        ["reason"] = reason,
        ["status"] = status,
        ["bounce_classification"] = classification,
        ["ip"] = "192.0.2.10",
        ["tls"] = 1,
    };
}
