using System.Net;
using System.Net.Http.Headers;

namespace ToolboxAI.Shared.Secrets;

/// <summary>
/// Puts the current key on each call, so that no client holds one for longer than a call lasts. A call refused with 401 has the key
/// read again: the repetition, which is the caller's business, goes out with the new one.
/// </summary>
/// <param name="secrets">Where the key is read.</param>
/// <param name="name">Which secret it is.</param>
public sealed class BearerSecretHandler(SecretReader secrets, string name) : DelegatingHandler
{
    /// <summary>What a client is given instead of a key; it never leaves the process.</summary>
    public const string Placeholder = "set-for-each-call";

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var key = await secrets.Current(name, cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Value.Reveal());
        var answer = await base.SendAsync(request, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            await secrets.ReadAgain(name, cancellationToken);
        }

        return answer;
    }
}
