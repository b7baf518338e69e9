namespace SendGrid.Helpers.Reliability;

/// <summary>Sends a request again that got no answer or one of a server's errors. A mail may so be sent twice: SendGrid knows no idempotency key.</summary>
public class RetryDelegatingHandler : DelegatingHandler
{
    private readonly ReliabilitySettings settings;

    /// <summary>Over a handler of its own.</summary>
    public RetryDelegatingHandler(ReliabilitySettings settings)
        : this(new HttpClientHandler(), settings)
    {
    }

    /// <summary>Over the given handler.</summary>
    public RetryDelegatingHandler(HttpMessageHandler innerHandler, ReliabilitySettings settings)
        : base(innerHandler) => this.settings = settings;

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">The last try got no answer, or a server's error.</exception>
    /// <exception cref="TimeoutException">The last try took too long, or was cancelled.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (settings.MaximumNumberOfRetries == 0)
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        for (var retry = 0; ; retry++)
        {
            try
            {
                var answer = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                return settings.RetriableServerErrorStatusCodes.Contains(answer.StatusCode)
                    ? throw new HttpRequestException($"The server answered with the error {(int)answer.StatusCode} {answer.StatusCode}.")
                    : answer;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && retry < settings.MaximumNumberOfRetries)
            {
                await Task.Delay(Wait(retry), CancellationToken.None).ConfigureAwait(false);
            }
            catch (TaskCanceledException e)
            {
                throw new TimeoutException("The request took too long, or was cancelled.", e);
            }
        }
    }

    private TimeSpan Wait(int retry)
    {
        var delta = (Math.Pow(2, retry) - 1) * settings.DeltaBackOff.TotalMilliseconds * (0.8 + (Random.Shared.NextDouble() * 0.4));
        return TimeSpan.FromMilliseconds(Math.Min(settings.MinimumBackOff.TotalMilliseconds + delta, settings.MaximumBackOff.TotalMilliseconds));
    }
}
