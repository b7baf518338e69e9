using System.Net;
using System.Text.Json;

namespace Stripe;

/// <summary>Sends requests to the API.</summary>
public interface IStripeClient
{
    string ApiBase { get; }

    string ApiKey { get; }

    /// <summary>Sends a request and reads its answer.</summary>
    /// <exception cref="StripeException">The API refused, or its answer cannot be read.</exception>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    Task<T> RequestAsync<T>(
        HttpMethod method, string path, BaseOptions options, RequestOptions requestOptions, CancellationToken cancellationToken = default)
        where T : IStripeEntity;
}

/// <summary>What a client is made of.</summary>
public class StripeClientOptions
{
    public string ApiKey { get; set; }

    /// <summary>Another address of the API than <see cref="StripeClient.DefaultApiBase"/>, without a slash at its end.</summary>
    public string ApiBase { get; set; }

    /// <summary>Sends the requests and owns their retries; when null, a <see cref="SystemNetHttpClient"/> with its defaults.</summary>
    public IHttpClient HttpClient { get; set; }
}

/// <summary>Sends requests to the API, with one key.</summary>
public class StripeClient : IStripeClient
{
    private readonly StripeClientOptions options;

    /// <exception cref="ArgumentException">The key is empty or has white space in it.</exception>
    public StripeClient(StripeClientOptions options)
    {
        if (options.ApiKey is { Length: 0 })
        {
            throw new ArgumentException("API key cannot be the empty string.", nameof(options));
        }

        if (options.ApiKey?.Any(char.IsWhiteSpace) == true)
        {
            throw new ArgumentException("API key cannot contain whitespace.", nameof(options));
        }

        this.options = options;
        HttpClient = options.HttpClient ?? new SystemNetHttpClient();
        V1 = new(this);
    }

    public StripeClient(
        string apiKey = null,
        string clientId = null,
        IHttpClient httpClient = null,
        string apiBase = null,
        string connectBase = null,
        string filesBase = null,
        string meterEventsBase = null)
        : this(new StripeClientOptions { ApiKey = apiKey, HttpClient = httpClient, ApiBase = apiBase })
    {
    }

    public static string DefaultApiBase => "https://api.stripe.com";

    public string ApiBase => options.ApiBase ?? DefaultApiBase;

    public string ApiKey => options.ApiKey;

    public IHttpClient HttpClient { get; }

    /// <summary>The services of the API's first version.</summary>
    public virtual V1Services V1 { get; }

    /// <inheritdoc/>
    public async Task<T> RequestAsync<T>(
        HttpMethod method, string path, BaseOptions options, RequestOptions requestOptions, CancellationToken cancellationToken = default)
        where T : IStripeEntity
    {
        var request = new StripeRequest(this, method, path, options, requestOptions);
        var response = await HttpClient.MakeRequestAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Refused(response);
        }

        try
        {
            var entity = StripeEntity.FromJson<T>(response.Content);
            entity.StripeResponse = response;
            return entity;
        }
        catch (JsonException)
        {
            throw Unreadable(response);
        }
    }

    private static StripeException Refused(StripeResponse response)
    {
        try
        {
            using var document = JsonDocument.Parse(response.Content);
            if (!document.RootElement.TryGetProperty("error", out var member))
            {
                return Unreadable(response);
            }

            var error = StripeError.FromJson(member.GetRawText());
            error.StripeResponse = response;
            return new(response.StatusCode, error, error.Message) { StripeResponse = response };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Unreadable(response);
        }
    }

    private static StripeException Unreadable(StripeResponse response) =>
        new(response.StatusCode, null, $"Invalid response object from API: \"{response.Content}\"") { StripeResponse = response };
}

/// <summary>The services of the API's first version.</summary>
public class V1Services
{
    private readonly IStripeClient client;

    internal V1Services(IStripeClient client) => this.client = client;

    public virtual CustomerService Customers => new(client);

    public virtual InvoiceService Invoices => new(client);

    public virtual PaymentIntentService PaymentIntents => new(client);

    public virtual PaymentMethodService PaymentMethods => new(client);

    public virtual PriceService Prices => new(client);

    public virtual ProductService Products => new(client);

    public virtual RefundService Refunds => new(client);

    public virtual SubscriptionService Subscriptions => new(client);
}
