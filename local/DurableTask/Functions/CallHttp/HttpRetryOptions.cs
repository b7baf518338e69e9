using System.Net;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;

/// <summary>When and how often a <see cref="DurableHttpRequest"/> is made again.</summary>
public class HttpRetryOptions
{
    /// <summary>Creates options.</summary>
    /// <param name="statusCodesToRetry">The statuses after which the request is made again; all of 400 to 599 when none is given.</param>
    public HttpRetryOptions(IList<HttpStatusCode>? statusCodesToRetry = null)
    {
        StatusCodesToRetry = statusCodesToRetry ?? [];
    }

    /// <summary>The statuses after which the request is made again; all of 400 to 599 when empty.</summary>
    public IList<HttpStatusCode> StatusCodesToRetry { get; }

    /// <summary>The wait after the first attempt.</summary>
    public TimeSpan FirstRetryInterval { get; set; }

    /// <summary>The longest wait; six days unless set.</summary>
    public TimeSpan MaxRetryInterval { get; set; } = TimeSpan.FromDays(6);

    /// <summary>What each wait is multiplied with for the next one; 1 unless set.</summary>
    public double BackoffCoefficient { get; set; } = 1;

    /// <summary>No attempt starts later than this after the first; no bound unless set.</summary>
    public TimeSpan RetryTimeout { get; set; } = TimeSpan.MaxValue;

    /// <summary>All attempts, the first one included; 1 unless set.</summary>
    public int MaxNumberOfAttempts { get; set; } = 1;
}
