using System.Net;

namespace SendGrid.Helpers.Reliability;

/// <summary>How often, and after what waits, a client sends a request again; by default never.</summary>
public class ReliabilitySettings
{
    private const int MostRetries = 5;
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);

    /// <summary>No retries.</summary>
    public ReliabilitySettings()
        : this(0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero)
    {
    }

    /// <param name="maximumNumberOfRetries">0 to 5.</param>
    /// <param name="minimumBackoff">The shortest wait, at most <paramref name="maximumBackOff"/>.</param>
    /// <param name="maximumBackOff">The longest wait, at most 30 s.</param>
    /// <param name="deltaBackOff">What the waits grow by: it is doubled with each retry, give or take a fifth.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds.</exception>
    public ReliabilitySettings(int maximumNumberOfRetries, TimeSpan minimumBackoff, TimeSpan maximumBackOff, TimeSpan deltaBackOff)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumNumberOfRetries);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumNumberOfRetries, MostRetries);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBackOff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumBackOff, LongestBackOff);
        ArgumentOutOfRangeException.ThrowIfLessThan(deltaBackOff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minimumBackoff, maximumBackOff);
        MaximumNumberOfRetries = maximumNumberOfRetries;
        MinimumBackOff = minimumBackoff;
        MaximumBackOff = maximumBackOff;
        DeltaBackOff = deltaBackOff;
    }

    /// <summary>The answers after which a request is sent again unless <see cref="RetriableServerErrorStatusCodes"/> was changed.</summary>
    public static List<HttpStatusCode> DefaultRetriableServerErrorStatusCodes { get; } =
    [
        HttpStatusCode.InternalServerError,
        HttpStatusCode.BadGateway,
        HttpStatusCode.ServiceUnavailable,
        HttpStatusCode.GatewayTimeout,
    ];

    /// <summary>How often a request is sent again.</summary>
    public int MaximumNumberOfRetries { get; }

    /// <summary>The shortest wait.</summary>
    public TimeSpan MinimumBackOff { get; }

    /// <summary>The longest wait.</summary>
    public TimeSpan MaximumBackOff { get; }

    /// <summary>What the waits grow by.</summary>
    public TimeSpan DeltaBackOff { get; }

    /// <summary>The answers after which a request is sent again.</summary>
    public List<HttpStatusCode> RetriableServerErrorStatusCodes { get; } = [.. DefaultRetriableServerErrorStatusCodes];
}
