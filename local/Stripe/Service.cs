using System.Net;
using System.Runtime.CompilerServices;

namespace Stripe;

/// <summary>The operations on one kind of object.</summary>
public abstract class Service
{
    private readonly IStripeClient client;

    protected Service()
    {
    }

    protected Service(IStripeClient client) => this.client = client;

    internal static string Escape(string id) => string.IsNullOrWhiteSpace(id)
        ? throw new ArgumentException("The resource ID cannot be null or whitespace.", nameof(id))
        : WebUtility.UrlEncode(id);

    internal Task<T> RequestAsync<T>(
        HttpMethod method, string path, BaseOptions options, RequestOptions requestOptions, CancellationToken cancellationToken)
        where T : IStripeEntity =>
        (client ?? StripeConfiguration.StripeClient).RequestAsync<T>(method, path, options, requestOptions, cancellationToken);

    internal async IAsyncEnumerable<T> ListAllAsync<T>(
        string path, ListOptions options, RequestOptions requestOptions, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IHasId
    {
        var page = options is null ? new ListOptions() : options.Copy();
        var backward = page.EndingBefore is not null && page.StartingAfter is null;
        while (true)
        {
            var list = await RequestAsync<StripeList<T>>(HttpMethod.Get, path, page, requestOptions, cancellationToken).ConfigureAwait(false);
            if (backward)
            {
                list.Reverse();
            }

            foreach (var item in list.Data)
            {
                yield return item;
            }

            if (!list.HasMore || list.Data.Count == 0)
            {
                yield break;
            }

            var last = list.Data[^1].Id;
            page.StartingAfter = backward ? null : last;
            page.EndingBefore = backward ? last : null;
        }
    }
}
