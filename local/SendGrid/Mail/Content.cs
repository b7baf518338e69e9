using Newtonsoft.Json;

namespace SendGrid.Helpers.Mail;

/// <summary>One form of a mail's body.</summary>
[JsonObject(IsReference = false)]
public class Content
{
    public Content()
    {
    }

    public Content(string type, string value)
    {
        Type = type;
        Value = value;
    }

    [JsonProperty("type")]
    public string? Type { get; set; }

    [JsonProperty("value")]
    public string? Value { get; set; }
}

/// <summary>A file that travels with a mail; its content is base64.</summary>
[JsonObject(IsReference = false)]
public class Attachment
{
    [JsonProperty("content")]
    public string? Content { get; set; }

    [JsonProperty("type")]
    public string? Type { get; set; }

    [JsonProperty("filename")]
    public string? Filename { get; set; }

    [JsonProperty("disposition")]
    public string? Disposition { get; set; }

    [JsonProperty("content_id")]
    public string? ContentId { get; set; }
}
