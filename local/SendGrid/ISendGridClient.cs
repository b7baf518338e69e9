using System.Net.Http.Headers;
using SendGrid.Helpers.Mail;

namespace SendGrid;

/// <summary>The seam of the official client: a request to the Web API v3, and the sending of a mail.</summary>
public interface ISendGridClient
{
    /// <summary>The path used by a request that names none.</summary>
    string UrlPath { get; set; }

    /// <summary>The API's version, the first segment of every path (<c>v3</c>).</summary>
    string Version { get; set; }

    /// <summary>The media type of request bodies and of the answers asked for.</summary>
    string MediaType { get; set; }

    /// <summary>Splits a header of the form <c>Bearer SG.…</c> into scheme and parameter.</summary>
    AuthenticationHeaderValue AddAuthorization(KeyValuePair<string, string> header);

    /// <summary>Sends a request that is already built.</summary>
    Task<Response> MakeRequest(HttpRequestMessage request, CancellationToken cancellationToken = default);

    /// <summary>Builds and sends a request; <paramref name="queryParams"/> is a JSON object, its arrays become repeated parameters.</summary>
    Task<Response> RequestAsync(
        BaseClient.Method method,
        string? requestBody = null,
        string? queryParams = null,
        string? urlPath = null,
        CancellationToken cancellationToken = default);

    /// <summary>Sends a mail: <c>POST /v3/mail/send</c>.</summary>
    Task<Response> SendEmailAsync(SendGridMessage msg, CancellationToken cancellationToken = default);
}
