using System.Text.Json;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>One recipient's copy of an accepted request.</summary>
internal sealed record OutgoingMail(
    string MessageId,
    int Recipient,
    string To,
    string Subject,
    string Text,
    string Html,
    DateTimeOffset SendAt,
    IReadOnlyDictionary<string, string> CustomArgs,
    IReadOnlyList<string> Categories,
    bool BypassSuppressions)
{
    /// <summary>Takes a valid request apart: one mail for each address in to, cc and bcc.</summary>
    public static IReadOnlyList<OutgoingMail> From(JsonElement request, string messageId, DateTimeOffset now)
    {
        var mails = new List<OutgoingMail>();
        foreach (var envelope in request.Array("personalizations"))
        {
            var args = new Dictionary<string, string>();
            foreach (var arg in request.Members("custom_args").Concat(envelope.Members("custom_args")))
            {
                args[arg.Name] = arg.Value.GetString()!;
            }

            var sendAt = envelope.Number("send_at") ?? request.Number("send_at");
            var due = sendAt is { } seconds && DateTimeOffset.FromUnixTimeSeconds(seconds) is var later && later > now ? later : now;
            foreach (var address in (string[])["to", "cc", "bcc"])
            {
                mails.AddRange(envelope.Array(address).Select(recipient => new OutgoingMail(
                    messageId,
                    mails.Count,
                    recipient.Text("email")!,
                    envelope.Text("subject") ?? request.Text("subject") ?? "",
                    Content(request, "text/plain"),
                    Content(request, "text/html"),
                    due,
                    args,
                    [.. request.Array("categories").Select(c => c.GetString()!)],
                    request.Setting("bypass_list_management"))));
            }
        }

        // The list grows while the lazy ranges are read, so the recipients are numbered once all are there.
        return [.. mails.Select((mail, i) => mail with { Recipient = i })];
    }

    private static string Content(JsonElement request, string type) =>
        request.Array("content").FirstOrDefault(c => c.Text("type") == type) is { ValueKind: JsonValueKind.Object } content
            ? content.Text("value") ?? ""
            : "";
}
