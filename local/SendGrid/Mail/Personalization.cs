using Newtonsoft.Json;

namespace SendGrid.Helpers.Mail;

/// <summary>One envelope of a request: its recipients and what differs for them.</summary>
[JsonObject(IsReference = false)]
public class Personalization
{
    [JsonProperty("to")]
    [JsonConverter(typeof(RemoveDuplicatesConverter<EmailAddress>))]
    public List<EmailAddress>? Tos { get; set; }

    [JsonProperty("cc")]
    [JsonConverter(typeof(RemoveDuplicatesConverter<EmailAddress>))]
    public List<EmailAddress>? Ccs { get; set; }

    [JsonProperty("bcc")]
    [JsonConverter(typeof(RemoveDuplicatesConverter<EmailAddress>))]
    public List<EmailAddress>? Bccs { get; set; }

    [JsonProperty("from")]
    public EmailAddress? From { get; set; }

    [JsonProperty("subject")]
    public string? Subject { get; set; }

    [JsonProperty("headers")]
    public Dictionary<string, string>? Headers { get; set; }

    [JsonProperty("substitutions")]
    public Dictionary<string, string>? Substitutions { get; set; }

    [JsonProperty("custom_args")]
    public Dictionary<string, string>? CustomArgs { get; set; }

    [JsonProperty("send_at")]
    public long? SendAt { get; set; }

    [JsonProperty("dynamic_template_data")]
    public object? TemplateData { get; set; }
}

/// <summary>Writes each element of a list once: the API refuses an address that stands twice in one personalization.</summary>
public class RemoveDuplicatesConverter<T> : JsonConverter
{
    public override bool CanRead => false;

    public override bool CanConvert(Type objectType) => true;

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) =>
        throw new NotSupportedException("This converter only writes.");

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer)
    {
        writer.WriteStartArray();
        foreach (var element in ((IEnumerable<T>)value!).Distinct())
        {
            serializer.Serialize(writer, element);
        }

        writer.WriteEndArray();
    }
}
