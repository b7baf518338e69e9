using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json;
using SendGrid.Helpers.Errors;
using SendGrid.Helpers.Mail;
using SendGrid.Helpers.Reliability;

namespace SendGrid;

/// <summary>What every client of the Web API v3 does. Unless its options say otherwise it never retries: the caller owns the retries.</summary>
public abstract class BaseClient : ISendGridClient
{
    private const string Json = "application/json";
    private readonly HttpClient http;
    private readonly BaseClientOptions options;

    protected BaseClient(BaseClientOptions options)
        : this((HttpClient?)null, options)
    {
    }

    protected BaseClient(IWebProxy? webProxy, BaseClientOptions options)
        : this(webProxy is null ? null : Client(options, new() { Proxy = webProxy, PreAuthenticate = true, UseDefaultCredentials = false }), options)
    {
    }

    protected BaseClient(HttpClient? httpClient, BaseClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        http = httpClient ?? Client(options, new());
        MediaType = options.RequestHeaders?.GetValueOrDefault("Content-Type") ?? Json;
    }

    /// <summary>The methods of the API.</summary>
    public enum Method
    {
        DELETE,
        GET,
        PATCH,
        POST,
        PUT,
    }

    /// <inheritdoc/>
    public string UrlPath
    {
        get => options.UrlPath!;
        set => options.UrlPath = value;
    }

    /// <inheritdoc/>
    public string Version
    {
        get => options.Version!;
        set => options.Version = value;
    }

    /// <inheritdoc/>
    public string MediaType { get; set; }

    /// <inheritdoc/>
    public virtual AuthenticationHeaderValue AddAuthorization(KeyValuePair<string, string> header)
    {
        var parts = header.Value.Split();
        return new(parts[0], parts[1]);
    }

    /// <inheritdoc/>
    /// <exception cref="Helpers.Errors.Model.RequestErrorException">The answer is a 4xx and the options ask for exceptions.</exception>
    /// <exception cref="Helpers.Errors.Model.SendGridInternalException">The answer is a 5xx and the options ask for exceptions.</exception>
    public virtual async Task<Response> MakeRequest(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (options.HttpErrorAsException && !answer.IsSuccessStatusCode)
        {
            await ErrorHandler.ThrowException(answer).ConfigureAwait(false);
        }

        return new(answer.StatusCode, answer.Content, answer.Headers);
    }

    /// <inheritdoc/>
    public async Task<Response> RequestAsync(
        Method method,
        string? requestBody = null,
        string? queryParams = null,
        string? urlPath = null,
        CancellationToken cancellationToken = default)
    {
        var path = urlPath ?? options.UrlPath;
        var address = $"{options.Host!.TrimEnd('/')}/{(options.Version is { } version ? $"{version}/{path}" : path)}{Query(queryParams)}";
        using var request = new HttpRequestMessage(new HttpMethod(method.ToString()), address);
        if (requestBody is not null)
        {
            request.Content = new StringContent(requestBody, Encoding.UTF8);
            request.Content.Headers.ContentType = new(MediaType, MediaType == Json ? null : Encoding.UTF8.WebName);
        }

        foreach (var (name, value) in options.RequestHeaders ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.Authorization = options.Auth;
        request.Headers.Accept.Add(new(MediaType));
        request.Headers.UserAgent.TryParseAdd("sendgrid/9.29.3 csharp");
        return await MakeRequest(request, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<Response> SendEmailAsync(SendGridMessage msg, CancellationToken cancellationToken = default) =>
        RequestAsync(Method.POST, msg.Serialize(), urlPath: "mail/send", cancellationToken: cancellationToken);

    private static HttpClient Client(BaseClientOptions options, HttpClientHandler handler) =>
        new(new RetryDelegatingHandler(handler, options.ReliabilitySettings));

    // A repeated name in the JSON text is kept as a repeated parameter, so the text is read token by token.
    private static string Query(string? json)
    {
        if (json is null)
        {
            return "";
        }

        var pairs = new List<string>();
        using var reader = new JsonTextReader(new StringReader(json));
        var name = "";
        while (reader.Read())
        {
            if (reader.TokenType is JsonToken.PropertyName)
            {
                name = (string)reader.Value!;
            }
            else if (reader.Value is not null)
            {
                pairs.Add($"{name}={reader.Value}");
            }
        }

        return "?" + string.Join('&', pairs);
    }
}
