using System.Net;

namespace SendGrid;

/// <summary>The client of SendGrid's Web API v3.</summary>
public class SendGridClient : BaseClient
{
    public SendGridClient(SendGridClientOptions options)
        : base(options)
    {
    }

    public SendGridClient(HttpClient? httpClient, SendGridClientOptions options)
        : base(httpClient, options)
    {
    }

    public SendGridClient(
        HttpClient? httpClient,
        string apiKey,
        string? host = null,
        Dictionary<string, string>? requestHeaders = null,
        string? version = null,
        string? urlPath = null,
        bool httpErrorAsException = false)
        : base(httpClient, Options(apiKey, host, requestHeaders, version, urlPath, httpErrorAsException))
    {
    }

    public SendGridClient(
        IWebProxy? webProxy,
        string apiKey,
        string? host = null,
        Dictionary<string, string>? requestHeaders = null,
        string? version = null,
        string? urlPath = null,
        bool httpErrorAsException = false)
        : base(webProxy, Options(apiKey, host, requestHeaders, version, urlPath, httpErrorAsException))
    {
    }

    public SendGridClient(
        string apiKey,
        string? host = null,
        Dictionary<string, string>? requestHeaders = null,
        string? version = null,
        string? urlPath = null)
        : base(Options(apiKey, host, requestHeaders, version, urlPath, false))
    {
    }

    private static SendGridClientOptions Options(
        string apiKey, string? host, Dictionary<string, string>? headers, string? version, string? urlPath, bool throws)
    {
        var options = new SendGridClientOptions { ApiKey = apiKey, UrlPath = urlPath, HttpErrorAsException = throws };
        options.Host = host ?? options.Host;
        options.Version = version ?? options.Version;
        options.RequestHeaders = headers ?? options.RequestHeaders;
        return options;
    }
}

/// <summary>The options of <see cref="SendGridClient"/>.</summary>
public class SendGridClientOptions : BaseClientOptions
{
    private string apiKey = null!;

    /// <summary>The global region, version 3.</summary>
    public SendGridClientOptions()
    {
        Host = "https://api.sendgrid.com";
        Version = "v3";
    }

    /// <summary>The API key; it becomes the bearer token of every request.</summary>
    /// <exception cref="ArgumentNullException">The key is null or white space.</exception>
    public string ApiKey
    {
        get => apiKey;
        set
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                throw new ArgumentNullException(nameof(value), "An API key is required.");
            }

            apiKey = value;
            Auth = new("Bearer", value);
        }
    }

    /// <summary>Chooses the region's host: <c>global</c> or <c>eu</c>.</summary>
    /// <exception cref="InvalidOperationException">Another region.</exception>
    public SendGridClientOptions SetDataResidency(string region)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(region);
        Host = region switch
        {
            "global" => "https://api.sendgrid.com",
            "eu" => "https://api.eu.sendgrid.com",
            _ => throw new InvalidOperationException("The region is either 'global' or 'eu'."),
        };
        return this;
    }
}
