using System.Text.Json;

namespace ToolboxAI.Shared.Email.SendGrid;

/// <summary>One event of a post, as far as we read it.</summary>
/// <param name="Id">SendGrid's id of the event; a repeated one is the same event.</param>
/// <param name="Tenant">The tenant that our custom argument names; null on an event that is not about a mail of ours.</param>
/// <param name="MailId">The mail that our custom argument names.</param>
/// <param name="Happened">What it says about the mail.</param>
public sealed record SendGridEvent(string Id, string? Tenant, string? MailId, MailEvent Happened)
{
    private const int LongestText = 1000;
    private const int LongestId = 500;

    /// <summary>
    /// Reads a post; null when it is no JSON array. An event without an id cannot be told from its repeat and is left out.
    /// </summary>
    public static IReadOnlyList<SendGridEvent>? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind is JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(One).OfType<SendGridEvent>()]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SendGridEvent? One(JsonElement item)
    {
        if (item.ValueKind is not JsonValueKind.Object || Identifier(item, "sg_event_id") is not { } id)
        {
            return null;
        }

        var happened = new MailEvent(
            Text(item, "event") ?? "", Time(item), MessageId(Text(item, "sg_message_id")), Text(item, "reason") ?? Text(item, "response"));
        return new(id, Identifier(item, SendGridMailGateway.TenantArg), Identifier(item, SendGridMailGateway.MailIdArg), happened);
    }

    /// <summary>The id that the answer to the send carried is the part before the first dot.</summary>
    private static string? MessageId(string? id) => id is { Length: > 0 } ? id.Split('.')[0] : null;

    private static DateTimeOffset Time(JsonElement item) =>
        item.TryGetProperty("timestamp", out var value) && value.ValueKind is JsonValueKind.Number
        && value.TryGetInt64(out var seconds) && seconds is > 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.UnixEpoch;

    /// <summary>An id exactly as it came: one that cannot be an id of anybody's is none, and never made into another's.</summary>
    private static string? Identifier(JsonElement item, string name) =>
        Raw(item, name) is { Length: > 0 and <= LongestId } id && !id.Contains('\0') ? id : null;

    private static string? Text(JsonElement item, string name) => Raw(item, name) is { } text ? ForeignText.Clean(text, LongestText) : null;

    private static string? Raw(JsonElement item, string name)
    {
        try
        {
            return item.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;                                                         // half a character
        }
    }
}
