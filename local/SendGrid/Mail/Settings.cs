using Newtonsoft.Json;

namespace SendGrid.Helpers.Mail;

/// <summary>How a mail is handled.</summary>
[JsonObject(IsReference = false)]
public class MailSettings
{
    [JsonProperty("bypass_list_management")]
    public BypassListManagement? BypassListManagement { get; set; }

    [JsonProperty("sandbox_mode")]
    public SandboxMode? SandboxMode { get; set; }
}

/// <summary>Sends to suppressed addresses all the same.</summary>
[JsonObject(IsReference = false)]
public class BypassListManagement
{
    [JsonProperty("enable")]
    public bool Enable { get; set; }
}

/// <summary>Checks the request and delivers nothing; the answer is 200, not 202.</summary>
[JsonObject(IsReference = false)]
public class SandboxMode
{
    [JsonProperty("enable")]
    public bool? Enable { get; set; }
}

/// <summary>What SendGrid counts about the recipient's doings.</summary>
[JsonObject(IsReference = false)]
public class TrackingSettings
{
    [JsonProperty("click_tracking")]
    public ClickTracking? ClickTracking { get; set; }

    [JsonProperty("open_tracking")]
    public OpenTracking? OpenTracking { get; set; }
}

/// <summary>Rewrites links so that clicks are counted.</summary>
[JsonObject(IsReference = false)]
public class ClickTracking
{
    [JsonProperty("enable")]
    public bool? Enable { get; set; }

    [JsonProperty("enable_text")]
    public bool? EnableText { get; set; }
}

/// <summary>Adds an invisible picture so that openings are counted.</summary>
[JsonObject(IsReference = false)]
public class OpenTracking
{
    [JsonProperty("enable")]
    public bool? Enable { get; set; }

    [JsonProperty("substitution_tag")]
    public string? SubstitutionTag { get; set; }
}
