using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Stripe;

/// <summary>Special wishes of one request.</summary>
public class RequestOptions
{
    /// <summary>Another key than the client's.</summary>
    public string ApiKey { get; set; }

    /// <summary>Makes a repeated POST safe, at most 255 characters. Without one, each POST gets a random key.</summary>
    public string IdempotencyKey { get; set; }
}

/// <summary>A request as it goes out: the parameters in the query of a GET or DELETE, in the form of a POST.</summary>
public class StripeRequest
{
    private readonly BaseOptions options;

    /// <exception cref="StripeException">There is no API key.</exception>
    public StripeRequest(IStripeClient client, HttpMethod method, string path, BaseOptions options, RequestOptions requestOptions)
    {
        var key = requestOptions?.ApiKey ?? client.ApiKey ?? throw new StripeException(
            "No API key provided. Set your API key using `StripeConfiguration.ApiKey = \"<API-KEY>\"`, or give it to the StripeClient.");
        this.options = options;
        Method = method;
        var form = method == HttpMethod.Post ? "" : FormEncoding.Encode(options);
        Uri = new(client.ApiBase + path + (form.Length > 0 ? "?" + form : ""));
        AuthorizationHeader = new("Bearer", key);
        StripeHeaders = new Dictionary<string, string> { ["Stripe-Version"] = StripeConfiguration.ApiVersion };
        if (requestOptions?.IdempotencyKey is { } idempotencyKey)
        {
            StripeHeaders["Idempotency-Key"] = idempotencyKey;
        }
        else if (method == HttpMethod.Post)
        {
            StripeHeaders["Idempotency-Key"] = Guid.NewGuid().ToString();
        }
    }

    public AuthenticationHeaderValue AuthorizationHeader { get; }

    /// <summary>A new body for each time that the request is sent.</summary>
    public HttpContent Content => Method == HttpMethod.Post
        ? new StringContent(FormEncoding.Encode(options), Encoding.UTF8, "application/x-www-form-urlencoded")
        : null;

    public HttpMethod Method { get; }

    public IDictionary<string, string> StripeHeaders { get; }

    public Uri Uri { get; }

    /// <inheritdoc/>
    public override string ToString() => $"<Stripe.StripeRequest Method={Method} Uri={Uri}>";
}

/// <summary>What every answer has.</summary>
public abstract class StripeResponseBase
{
    internal StripeResponseBase(HttpStatusCode statusCode, HttpResponseHeaders headers)
    {
        StatusCode = statusCode;
        Headers = headers;
    }

    public HttpStatusCode StatusCode { get; }

    public HttpResponseHeaders Headers { get; }

    /// <summary>The key that the request carried, as the answer repeats it.</summary>
    public string IdempotencyKey => Header("Idempotency-Key");

    /// <summary>The API's name for this request, for questions to its support.</summary>
    public string RequestId => Header("Request-Id");

    private string Header(string name) => Headers is not null && Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>An answer whose body was read.</summary>
public class StripeResponse : StripeResponseBase
{
    public StripeResponse(HttpStatusCode statusCode, HttpResponseHeaders headers, string content)
        : base(statusCode, headers) => Content = content;

    public string Content { get; }
}
