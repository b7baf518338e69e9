using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using ToolboxAI.Local.DurableTask.Engine;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>The activity behind <c>CallHttpAsync</c>: one request, one answer.</summary>
internal static class BuiltInHttpActivity
{
    /// <summary>The name that stands in the history.</summary>
    public const string Name = "BuiltIn::HttpActivity";

    private static readonly HttpClient Client = new();

    public static bool Is(string name) => string.Equals(name, Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes the request. A time-out is a <see cref="TimeoutException"/>, a failed connection a <see cref="HttpRequestException"/>.</summary>
    public static async Task<string?> RunAsync(ActivityCall call, IServiceProvider services, CancellationToken cancellationToken)
    {
        var asked = HttpCall.Read(call.Input);
        using var request = Request(asked);
        if (asked.TokenSource is ManagedIdentityTokenSource source)
        {
            var token = await Credential(source.Options, services)
                .GetTokenAsync(new TokenRequestContext([source.Resource]), cancellationToken).ConfigureAwait(false);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (asked.Timeout is { } timeout)
        {
            limit.CancelAfter(timeout);
        }

        try
        {
            using var response = await Client.SendAsync(request, limit.Token).ConfigureAwait(false);
            return JsonSerializer.Serialize(new DurableHttpResponse(response.StatusCode)
            {
                Headers = HeadersOf(response),
                Content = await response.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false),
            });
        }
        catch (OperationCanceledException e) when (asked.Timeout is not null && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{asked.Method} {asked.Uri} took longer than its time-out of {asked.Timeout}.", e);
        }
    }

    private static HttpRequestMessage Request(HttpCall asked)
    {
        var request = new HttpRequestMessage(asked.Method, asked.Uri);
        var contentType = "text/plain";
        foreach (var (name, values) in asked.Headers ?? new Dictionary<string, StringValues>())
        {
            if (!string.Equals(name, "Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Add(name, values.AsEnumerable());
                continue;
            }

            contentType = values.ToString();
            if (contentType.Contains("multipart", StringComparison.OrdinalIgnoreCase))
            {
                throw new NotSupportedException("Multipart content is not supported with CallHttpAsync.");
            }
        }

        if (asked.Content is not null)
        {
            request.Content = new StringContent(asked.Content, Encoding.UTF8, MediaTypeHeaderValue.Parse(contentType));
        }

        return request;
    }

    private static Dictionary<string, StringValues> HeadersOf(HttpResponseMessage response) => response.Headers
        .Concat(response.Content.Headers)
        .ToDictionary(header => header.Key, header => new StringValues([.. header.Value]), StringComparer.OrdinalIgnoreCase);

    /// <summary>The application's own credential when its services have one.</summary>
    private static TokenCredential Credential(ManagedIdentityOptions? options, IServiceProvider services)
    {
        if (services.GetService<TokenCredential>() is { } own)
        {
            return own;
        }

        var signIn = new DefaultAzureCredentialOptions();
        if (options?.AuthorityHost is { } authority)
        {
            signIn.AuthorityHost = authority;
        }

        if (options?.TenantId is { Length: > 0 } tenant)
        {
            signIn.TenantId = tenant;
        }

        return new DefaultAzureCredential(signIn);
    }
}
