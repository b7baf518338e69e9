using System.Net.Http.Headers;
using SendGrid.Helpers.Reliability;

namespace SendGrid;

/// <summary>What a client needs to know.</summary>
public class BaseClientOptions
{
    /// <summary>Headers that every request carries.</summary>
    public Dictionary<string, string>? RequestHeaders { get; set; } = [];

    /// <summary>The base address, for example <c>https://api.sendgrid.com</c>.</summary>
    public string? Host { get; set; }

    /// <summary>The API's version.</summary>
    public string? Version { get; set; }

    /// <summary>The path used by a request that names none.</summary>
    public string? UrlPath { get; set; }

    /// <summary>How requests are authorised.</summary>
    public AuthenticationHeaderValue? Auth { get; set; }

    /// <summary>How often a client that makes its own <see cref="HttpClient"/> sends a request again; by default never.</summary>
    public ReliabilitySettings ReliabilitySettings { get; set; } = new();

    /// <summary>Whether a 4xx or 5xx answer throws instead of being returned.</summary>
    public bool HttpErrorAsException { get; set; }
}
