using Newtonsoft.Json;

namespace SendGrid.Helpers.Mail;

/// <summary>The body of <c>POST /v3/mail/send</c>.</summary>
[JsonObject(IsReference = false)]
public class SendGridMessage
{
    private static readonly JsonSerializerSettings Format = new() { NullValueHandling = NullValueHandling.Ignore };

    private static readonly JsonSerializerSettings EscapedFormat = new()
    {
        NullValueHandling = NullValueHandling.Ignore,
        StringEscapeHandling = StringEscapeHandling.EscapeHtml,
    };

    [JsonProperty("from")]
    public EmailAddress? From { get; set; }

    [JsonProperty("subject")]
    public string? Subject { get; set; }

    [JsonProperty("personalizations")]
    public List<Personalization>? Personalizations { get; set; }

    [JsonProperty("content")]
    public List<Content>? Contents { get; set; }

    /// <summary>The body as text; it goes before everything in <see cref="Contents"/>.</summary>
    [JsonIgnore]
    public string? PlainTextContent { get; set; }

    /// <summary>The body as HTML.</summary>
    [JsonIgnore]
    public string? HtmlContent { get; set; }

    [JsonProperty("attachments")]
    public List<Attachment>? Attachments { get; set; }

    [JsonProperty("template_id")]
    public string? TemplateId { get; set; }

    [JsonProperty("headers")]
    public Dictionary<string, string>? Headers { get; set; }

    [JsonProperty("categories")]
    public List<string>? Categories { get; set; }

    [JsonProperty("custom_args")]
    public Dictionary<string, string>? CustomArgs { get; set; }

    [JsonProperty("send_at")]
    public long? SendAt { get; set; }

    [JsonProperty("batch_id")]
    public string? BatchId { get; set; }

    [JsonProperty("mail_settings")]
    public MailSettings? MailSettings { get; set; }

    [JsonProperty("tracking_settings")]
    public TrackingSettings? TrackingSettings { get; set; }

    [JsonProperty("reply_to")]
    public EmailAddress? ReplyTo { get; set; }

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    public static SendGridMessage? Deserialize(string json) => JsonConvert.DeserializeObject<SendGridMessage>(json);

    /// <summary>
    /// The request's JSON. The text form goes first and the HTML form second, as the API demands.
    /// Without the default serialization, HTML's special characters stay as they are.
    /// </summary>
    public string Serialize(bool useDefaultSerialization = true)
    {
        var contents = (Contents ?? []).Where(content => !string.IsNullOrEmpty(content.Type) && !string.IsNullOrEmpty(content.Value)).ToList();
        Prefer(contents, MimeType.Html, HtmlContent);
        Prefer(contents, MimeType.Text, PlainTextContent);
        Contents = contents.Count == 0 ? null : contents;
        return JsonConvert.SerializeObject(this, Formatting.None, useDefaultSerialization ? EscapedFormat : Format);
    }

    public void SetFrom(EmailAddress email) => From = email;

    public void SetFrom(string email, string? name = null) => From = new(email, name);

    public void SetReplyTo(EmailAddress email) => ReplyTo = email;

    public void SetGlobalSubject(string subject) => Subject = subject;

    public void SetSubject(string subject, int personalizationIndex = 0, Personalization? personalization = null) =>
        At(personalizationIndex, personalization).Subject = subject;

    public void SetTemplateId(string templateID) => TemplateId = templateID;

    public void SetBatchId(string batchId) => BatchId = batchId;

    public void SetGlobalSendAt(int sendAt) => SendAt = sendAt;

    public void SetSendAt(long sendAt, int personalizationIndex = 0, Personalization? personalization = null) =>
        At(personalizationIndex, personalization).SendAt = sendAt;

    public void AddTo(string email, string? name = null) => AddTo(new EmailAddress(email, name));

    public void AddTo(EmailAddress email, int personalizationIndex = 0, Personalization? personalization = null) =>
        AddTos([email], personalizationIndex, personalization);

    public void AddTos(List<EmailAddress> emails, int personalizationIndex = 0, Personalization? personalization = null) =>
        (At(personalizationIndex, personalization).Tos ??= []).AddRange(emails);

    public void AddCc(string email, string? name = null) => AddCc(new EmailAddress(email, name));

    public void AddCc(EmailAddress email, int personalizationIndex = 0, Personalization? personalization = null) =>
        AddCcs([email], personalizationIndex, personalization);

    public void AddCcs(List<EmailAddress> emails, int personalizationIndex = 0, Personalization? personalization = null) =>
        (At(personalizationIndex, personalization).Ccs ??= []).AddRange(emails);

    public void AddBcc(string email, string? name = null) => AddBcc(new EmailAddress(email, name));

    public void AddBcc(EmailAddress email, int personalizationIndex = 0, Personalization? personalization = null) =>
        AddBccs([email], personalizationIndex, personalization);

    public void AddBccs(List<EmailAddress> emails, int personalizationIndex = 0, Personalization? personalization = null) =>
        (At(personalizationIndex, personalization).Bccs ??= []).AddRange(emails);

    public void AddContent(string mimeType, string text) => AddContents([new(mimeType, text)]);

    public void AddContents(List<Content> contents) => (Contents ??= []).AddRange(contents);

    public void AddAttachment(Attachment attachment) => AddAttachments([attachment]);

    public void AddAttachment(
        string filename, string base64Content, string? type = null, string? disposition = null, string? content_id = null) =>
        AddAttachments([new() { Filename = filename, Content = base64Content, Type = type, Disposition = disposition, ContentId = content_id }]);

    public void AddAttachments(IEnumerable<Attachment> attachments) => (Attachments ??= []).AddRange(attachments);

    public void AddCategory(string category) => AddCategories([category]);

    public void AddCategories(List<string> categories) => (Categories ??= []).AddRange(categories);

    public void AddGlobalHeader(string key, string value) => AddGlobalHeaders(new() { [key] = value });

    public void AddGlobalHeaders(Dictionary<string, string> headers) => Headers = Merge(Headers, headers);

    public void AddHeader(string headerKey, string headerValue, int personalizationIndex = 0, Personalization? personalization = null) =>
        AddHeaders(new() { [headerKey] = headerValue }, personalizationIndex, personalization);

    public void AddHeaders(Dictionary<string, string> headers, int personalizationIndex = 0, Personalization? personalization = null)
    {
        var target = At(personalizationIndex, personalization);
        target.Headers = Merge(target.Headers, headers);
    }

    public void AddGlobalCustomArg(string key, string value) => AddGlobalCustomArgs(new() { [key] = value });

    public void AddGlobalCustomArgs(Dictionary<string, string> customArgs) => CustomArgs = Merge(CustomArgs, customArgs);

    public void AddCustomArg(
        string customArgKey, string customArgValue, int personalizationIndex = 0, Personalization? personalization = null) =>
        AddCustomArgs(new() { [customArgKey] = customArgValue }, personalizationIndex, personalization);

    public void AddCustomArgs(
        Dictionary<string, string> customArgs, int personalizationIndex = 0, Personalization? personalization = null)
    {
        var target = At(personalizationIndex, personalization);
        target.CustomArgs = Merge(target.CustomArgs, customArgs);
    }

    public void SetSandBoxMode(bool enable) => (MailSettings ??= new()).SandboxMode = new() { Enable = enable };

    public void SetBypassListManagement(bool enable) => (MailSettings ??= new()).BypassListManagement = new() { Enable = enable };

    public void SetClickTracking(bool enable, bool enableText) =>
        (TrackingSettings ??= new()).ClickTracking = new() { Enable = enable, EnableText = enableText };

    public void SetOpenTracking(bool enable, string? substitutionTag = null) =>
        (TrackingSettings ??= new()).OpenTracking = new() { Enable = enable, SubstitutionTag = substitutionTag };

    // Puts the form of that type first; a value given through the property replaces what was added.
    private static void Prefer(List<Content> contents, string type, string? value)
    {
        var content = value is null ? contents.Find(c => c.Type == type) : new Content(type, value);
        if (content is not null)
        {
            contents.RemoveAll(c => c.Type == type);
            contents.Insert(0, content);
        }
    }

    private static Dictionary<string, string> Merge(Dictionary<string, string>? existing, Dictionary<string, string> added)
    {
        var merged = existing ?? [];
        foreach (var (key, value) in added)
        {
            merged[key] = value;
        }

        return merged;
    }

    private Personalization At(int index, Personalization? given)
    {
        Personalizations ??= [];
        if (given is not null)
        {
            if (!Personalizations.Contains(given))
            {
                Personalizations.Add(given);
            }

            return given;
        }

        while (Personalizations.Count <= index)
        {
            Personalizations.Add(new());
        }

        return Personalizations[index];
    }
}
