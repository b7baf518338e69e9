using System.Net;

namespace Stripe;

/// <summary>Sends a request, and again when it failed in passing.</summary>
public interface IHttpClient
{
    Task<StripeResponse> MakeRequestAsync(StripeRequest request, CancellationToken cancellationToken = default);
}

/// <summary>
/// Sends requests through an <see cref="HttpClient"/>. It repeats one that got no answer, 409 or 5xx, unless the answer's
/// <c>Stripe-Should-Retry</c> says otherwise; every repetition carries the same idempotency key.
/// </summary>
public class SystemNetHttpClient : IHttpClient
{
    /// <summary>How often a request is repeated unless something else is asked for.</summary>
    public const int DefaultMaxNumberRetries = 2;

    private static readonly Lazy<HttpClient> DefaultClient = new(BuildDefaultSystemNetHttpClient);
    private readonly HttpClient client;

    /// <param name="httpClient">Sends the requests; by default one that all clients of the process share.</param>
    /// <param name="maxNetworkRetries">How often a request is repeated, 0 for never.</param>
    /// <param name="appInfo">Not used here.</param>
    /// <param name="enableTelemetry">Not used here: nothing is measured.</param>
    public SystemNetHttpClient(
        HttpClient httpClient = null, int maxNetworkRetries = DefaultMaxNumberRetries, AppInfo appInfo = null, bool enableTelemetry = true)
    {
        client = httpClient ?? DefaultClient.Value;
        MaxNetworkRetries = maxNetworkRetries;
    }

    /// <summary>After this a request without an answer fails (80 s).</summary>
    public static TimeSpan DefaultHttpTimeout => TimeSpan.FromSeconds(80);

    /// <summary>The longest wait before a repetition (5 s).</summary>
    public static TimeSpan MaxNetworkRetriesDelay => TimeSpan.FromSeconds(5);

    /// <summary>The shortest wait before a repetition (0.5 s).</summary>
    public static TimeSpan MinNetworkRetriesDelay => TimeSpan.FromMilliseconds(500);

    /// <summary>How often a request is repeated.</summary>
    public int MaxNetworkRetries { get; }

    /// <summary>A client with <see cref="DefaultHttpTimeout"/>.</summary>
    public static HttpClient BuildDefaultSystemNetHttpClient() => new() { Timeout = DefaultHttpTimeout };

    /// <inheritdoc/>
    public async Task<StripeResponse> MakeRequestAsync(StripeRequest request, CancellationToken cancellationToken = default)
    {
        for (var retry = 0; ; retry++)
        {
            HttpResponseMessage response = null;
            try
            {
                response = await client.SendAsync(Message(request), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (retry < MaxNetworkRetries && NoAnswer(e, cancellationToken))
            {
                await Task.Delay(Wait(retry + 1), cancellationToken).ConfigureAwait(false);
                continue;
            }

            using (response)
            {
                if (retry < MaxNetworkRetries && ShouldRetry(response))
                {
                    await Task.Delay(Wait(retry + 1), cancellationToken).ConfigureAwait(false);
                    continue;
                }

                var content = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
                return new(response.StatusCode, response.Headers, content);
            }
        }
    }

    private static bool NoAnswer(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static bool ShouldRetry(HttpResponseMessage response)
    {
        var advice = response.Headers.TryGetValues("Stripe-Should-Retry", out var values) ? values.First() : null;
        return advice switch
        {
            "true" => true,
            "false" => false,
            _ => response.StatusCode == HttpStatusCode.Conflict || (int)response.StatusCode >= 500,
        };
    }

    /// <summary>Doubles from half a second to the longest, of which a random quarter at most is left out; never under the shortest.</summary>
    private static TimeSpan Wait(int retry)
    {
        var wait = Math.Min(MinNetworkRetriesDelay.TotalSeconds * Math.Pow(2, retry - 1), MaxNetworkRetriesDelay.TotalSeconds);
        wait *= 1 - (0.25 * Random.Shared.NextDouble());
        return TimeSpan.FromSeconds(Math.Max(wait, MinNetworkRetriesDelay.TotalSeconds));
    }

    private static HttpRequestMessage Message(StripeRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Uri) { Content = request.Content };
        message.Headers.Authorization = request.AuthorizationHeader;
        message.Headers.TryAddWithoutValidation("User-Agent", $"Stripe/v1 .NetBindings/{StripeConfiguration.StripeNetVersion}");
        foreach (var (name, value) in request.StripeHeaders)
        {
            message.Headers.Add(name, value);
        }

        return message;
    }
}

/// <summary>Who uses the library; here nobody asks.</summary>
public class AppInfo
{
    public string Name { get; set; }
}
