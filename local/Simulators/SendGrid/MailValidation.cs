using System.Globalization;
using System.Net.Mail;
using System.Text;
using System.Text.Json;

namespace ToolboxAI.Local.Simulators.SendGrid;

/// <summary>
/// What <c>POST /v3/mail/send</c> refuses, worded as the service words it. Checked on the JSON itself, because the service
/// names the exact place of each error. (The official description types the message's <c>custom_args</c> as a string; the
/// service takes an object of strings, as it does in a personalization.)
/// </summary>
internal sealed class MailValidation
{
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "Content-Type", "Content-Transfer-Encoding", "To", "From", "Subject",
        "Reply-To", "CC", "BCC",
    };

    private readonly List<MailError> errors = [];
    private readonly JsonElement mail;
    private readonly DateTimeOffset now;

    private MailValidation(JsonElement mail, DateTimeOffset now)
    {
        this.mail = mail;
        this.now = now;
    }

    /// <summary>The errors of a request, empty when it is valid.</summary>
    public static IReadOnlyList<MailError> Check(JsonElement mail, DateTimeOffset now)
    {
        if (mail.ValueKind is not JsonValueKind.Object)
        {
            return MailErrors.Of(400).Errors;
        }

        var validation = new MailValidation(mail, now);
        validation.Personalizations();
        validation.Sender();
        validation.SubjectAndContent();
        validation.Attachments();
        validation.Labels();
        validation.Settings();
        return validation.errors;
    }

    private void Personalizations()
    {
        if (mail.Array("personalizations") is not { Count: > 0 } all)
        {
            Refuse("The personalizations field is required and must have at least one personalization.", "personalizations");
            return;
        }

        if (all.Count > 1000)
        {
            Refuse($"The personalization block is limited to 1000 personalizations per API request. You have provided {all.Count} personalizations. Please consider splitting this into multiple requests and resending your request.", "personalizations");
        }

        if (all.Sum(p => p.Array("to").Count + p.Array("cc").Count + p.Array("bcc").Count) > 1000)
        {
            Refuse("There is a limit of 1000 total recipients (to + cc + bcc) per request.", "personalizations");
        }

        for (var i = 0; i < all.Count; i++)
        {
            Personalization(all[i], $"personalizations.{i}");
        }
    }

    private void Personalization(JsonElement envelope, string field)
    {
        if (envelope.Array("to").Count == 0)
        {
            Refuse("The to array is required for all personalization objects, and must have at least one email object with a valid email address.", $"{field}.to");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var kind in (string[])["to", "cc", "bcc"])
        {
            foreach (var (address, i) in envelope.Array(kind).Select((address, i) => (address, i)))
            {
                if (address.Text("email") is not { } email || !IsAddress(email))
                {
                    Refuse("Does not contain a valid address.", $"{field}.{kind}.{i}.email");
                }
                else if (!seen.Add(email))
                {
                    Refuse($"Each email address in the personalization block should be unique between to, cc, and bcc. We found the first duplicate instance of [{email}] in the {field}.{kind} field.", field);
                }
            }
        }

        if (mail.Text("template_id")?.StartsWith("d-", StringComparison.Ordinal) == true && envelope.Has("substitutions"))
        {
            Refuse("Substitutions may not be used with dynamic templating", $"{field}.substitutions");
        }

        Headers(envelope, $"{field}.headers");
        CustomArgs(envelope, $"{field}.custom_args");
        SendAt(envelope, $"{field}.send_at");
    }

    private void Sender()
    {
        const string Help = "The from object must be provided for every email send. It is an object that requires the email parameter, but may also contain a name parameter.  e.g. {\"email\" : \"example@example.com\"}  or {\"email\" : \"example@example.com\", \"name\" : \"Example Recipient\"}.";
        if (!mail.TryGetProperty("from", out var from) || from.ValueKind is not JsonValueKind.Object)
        {
            Refuse(Help, "from");
        }
        else if (from.Text("email") is not { } email)
        {
            Refuse(Help, "from.email");
        }
        else if (!IsAddress(email))
        {
            Refuse("The from email does not contain a valid address.", "from.email");
        }

        if (mail.Has("reply_to") && mail.Has("reply_to_list"))
        {
            Refuse("You can use either the reply_to property or the reply_to_list property but not both.", "reply_to");
        }

        if (mail.TryGetProperty("reply_to", out var reply) && (reply.Text("email") is not { } replyTo || !IsAddress(replyTo)))
        {
            Refuse("The reply_to email does not contain a valid address.", "reply_to.email");
        }
    }

    private void SubjectAndContent()
    {
        var template = !string.IsNullOrEmpty(mail.Text("template_id"));
        var personal = mail.Array("personalizations");
        if (!template && string.IsNullOrEmpty(mail.Text("subject")) && !(personal.Count > 0 && personal.All(p => !string.IsNullOrEmpty(p.Text("subject")))))
        {
            Refuse("The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.", "subject");
        }

        var contents = mail.Array("content");
        if (contents.Count == 0 && !template)
        {
            Refuse("Unless a valid template_id is provided, the content parameter is required. There must be at least one defined content block. We typically suggest both text/plain and text/html blocks are included, but only one block is required.", "content");
        }

        for (var i = 0; i < contents.Count; i++)
        {
            if (string.IsNullOrEmpty(contents[i].Text("type")))
            {
                Refuse("The content type must be a string at least one character in length.", $"content.{i}.type");
            }

            if (string.IsNullOrEmpty(contents[i].Text("value")))
            {
                Refuse("The content value must be a string at least one character in length.", $"content.{i}.value");
            }
        }

        var order = contents.Select(c => c.Text("type") switch { "text/plain" => 0, "text/html" => 1, _ => 2 }).ToList();
        if (!order.SequenceEqual(order.Order()))
        {
            Refuse("If present, text/plain and text/html may only be provided in this order: text/plain, text/html, any other content type.", "content");
        }
    }

    private void Attachments()
    {
        foreach (var (file, i) in mail.Array("attachments").Select((file, i) => (file, i)))
        {
            if (file.Text("content") is not { Length: > 0 } content || !Convert.TryFromBase64String(content, new byte[content.Length], out _))
            {
                Refuse("The attachment content must be base64 encoded.", $"attachments.{i}.content");
            }

            if (string.IsNullOrEmpty(file.Text("filename")))
            {
                Refuse("The filename parameter is required for each attachment.", $"attachments.{i}.filename");
            }

            if (file.Has("disposition") && file.Text("disposition") is not ("inline" or "attachment"))
            {
                Refuse("The disposition of your attachment can be either \"inline\" or \"attachment\".", $"attachments.{i}.disposition");
            }
        }
    }

    private void Labels()
    {
        var categories = mail.Array("categories");
        if (categories.Count > 10 || categories.Distinct(JsonText.Comparer).Count() < categories.Count)
        {
            Refuse("A message can have up to 10 categories, each of them once.", "categories");
        }

        if (categories.Any(c => c.ValueKind is not JsonValueKind.String || c.GetString()!.Length > 255))
        {
            Refuse("Each category must be a string of at most 255 characters.", "categories");
        }

        Headers(mail, "headers");
        CustomArgs(mail, "custom_args");
        SendAt(mail, "send_at");
    }

    private void Settings()
    {
        if (mail.TryGetProperty("asm", out var asm))
        {
            if (!asm.Has("group_id", JsonValueKind.Number))
            {
                Refuse("The asm group_id is required and must be an integer.", "asm.group_id");
            }

            if (asm.Array("groups_to_display").Count > 25)
            {
                Refuse("A maximum of 25 groups can be displayed.", "asm.groups_to_display");
            }
        }

        if (mail.Has("ip_pool_name") && mail.Text("ip_pool_name") is not { Length: >= 2 and <= 64 })
        {
            Refuse("The ip_pool_name must be a string of 2 to 64 characters.", "ip_pool_name");
        }

        string[] bypasses = ["bypass_spam_management", "bypass_bounce_management", "bypass_unsubscribe_management"];
        if (mail.Setting("bypass_list_management") && bypasses.Any(name => mail.Setting(name)))
        {
            Refuse("bypass_list_management cannot be combined with any other bypass filter.", "mail_settings.bypass_list_management");
        }
    }

    private void Headers(JsonElement owner, string field)
    {
        foreach (var header in owner.Members("headers"))
        {
            if (Reserved.Contains(header.Name) || header.Value.ValueKind is not JsonValueKind.String)
            {
                Refuse("The headers parameter must be an object of strings without the reserved headers.", $"{field}.{header.Name}");
            }
        }
    }

    private void CustomArgs(JsonElement owner, string field)
    {
        if (!owner.TryGetProperty("custom_args", out var args))
        {
            return;
        }

        if (args.ValueKind is not JsonValueKind.Object || args.EnumerateObject().Any(a => a.Value.ValueKind is not JsonValueKind.String))
        {
            Refuse("The custom_args parameter must be an object of strings.", field);
        }
        else if (Encoding.UTF8.GetByteCount(args.GetRawText()) >= 10_000)
        {
            Refuse("The custom_args parameter must be smaller than 10,000 bytes.", field);
        }
    }

    private void SendAt(JsonElement owner, string field)
    {
        if (!owner.TryGetProperty("send_at", out var sendAt))
        {
            return;
        }

        if (sendAt.ValueKind is not JsonValueKind.Number || !sendAt.TryGetInt64(out var seconds))
        {
            Refuse("The send_at parameter must be an integer, a UNIX timestamp.", field);
        }
        else if (seconds > now.AddHours(72).ToUnixTimeSeconds())
        {
            Refuse(string.Create(CultureInfo.InvariantCulture, $"The send_at parameter cannot be more than 72 hours in the future: {seconds}."), field);
        }
    }

    private static bool IsAddress(string email) =>
        !email.Contains(' ') && MailAddress.TryCreate(email, out var address) && address.Address == email && address.Host.Contains('.');

    private void Refuse(string message, string field) => errors.Add(new(message, field));
}
